import { describe, expect, it } from '@jest/globals';
import { isClosed, parseClock } from './recorder-clock.ts';

const CLOCK = [
  'open 1795298853679 14069765 0',
  'at 1795298853675 14069761 0',
  'lost 1795298854675 14070761 32000 ENOSPC',
  'close 1795298862969 14079055 32000',
  '',
].join('\n');

describe('a recorder’s clock', () => {
  it('is read mark by mark', () => {
    expect(parseClock(CLOCK)).toEqual([
      { kind: 'open', wallMs: 1_795_298_853_679, monotonicMs: 14_069_765, bytes: 0, error: null },
      { kind: 'at', wallMs: 1_795_298_853_675, monotonicMs: 14_069_761, bytes: 0, error: null },
      { kind: 'lost', wallMs: 1_795_298_854_675, monotonicMs: 14_070_761, bytes: 32_000, error: 'ENOSPC' },
      { kind: 'close', wallMs: 1_795_298_862_969, monotonicMs: 14_079_055, bytes: 32_000, error: null },
    ]);
  });

  it('is read up to what a crash has left of it', () => {
    expect(parseClock(CLOCK.slice(0, -5)).map(({ kind }) => kind)).toEqual(['open', 'at', 'lost']);
    expect(parseClock(CLOCK.replace('at 17', '\0\0\0')).map(({ kind }) => kind)).toEqual(['open', 'lost', 'close']);
    expect(parseClock('')).toEqual([]);
  });

  it('says whether the recorder has let go', () => {
    expect(isClosed(parseClock(CLOCK))).toBe(true);
    expect(isClosed(parseClock(`${CLOCK}open 1795298863029 14079115 32000\n`))).toBe(false);
    expect(isClosed([])).toBe(false);
  });
});
