import { describe, expect, it } from '@jest/globals';
import { readLogLine } from './log-line.ts';

describe('a line of a process', () => {
  it('of our own is told with its fields', () => {
    const line =
      '{"level":40,"time":"2026-11-21T19:00:28.015Z","process":"api","error":"gone","tries":3,"msg":"no database"}';
    expect(readLogLine(line)).toEqual({ severity: 'warning', text: 'no database  error=gone  tries=3' });
  });

  it.each([
    ['{"level":30,"msg":"connected"}', 'info'],
    ['{"level":50,"msg":"lost"}', 'error'],
    ['{"level":60,"msg":"dying"}', 'error'],
    ['{"half a line', 'info'],
    ['2026-11-21 19:00:23 UTC [1] LOG:  listening', 'info'],
    ['2026-11-21 19:00:23 UTC [1] FATAL:  could not map shared memory', 'error'],
    ['2026-11-21 19:00:23 UTC [1] FATAL:  the database system is starting up', 'info'],
    ['[2026-11-21 19:00:23] WARNING[12]: loader.c: gone', 'warning'],
  ])('%s is as bad as it says', (line, severity) => {
    expect(readLogLine(line).severity).toBe(severity);
  });
});
