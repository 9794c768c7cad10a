import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogFile } from './log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(resolve(tmpdir(), 'denwaban-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a log file', () => {
  it('goes on where it was', () => {
    const path = resolve(folder, 'a.log');
    const first = new LogFile(path);
    first.write('one');
    first.close();
    const second = new LogFile(path);
    second.write('two');
    second.close();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('never grows beyond its limit and keeps the part before', () => {
    const path = resolve(folder, 'a.log');
    const log = new LogFile(path, 100);
    for (let index = 0; index < 50; index++) log.write(`line ${String(index).padStart(3, '0')}`);
    log.close();
    expect(statSync(path).size).toBeLessThanOrEqual(100);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100);
    expect(readFileSync(path, 'utf8')).toContain('line 049');
  });

  it('that cannot be written throws nothing at whoever logs', () => {
    const log = new LogFile(resolve(folder, 'no', 'such', 'folder.log'));
    expect(() => log.write('lost')).not.toThrow();
  });
});
