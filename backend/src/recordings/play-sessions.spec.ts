import { describe, expect, it } from '@jest/globals';
import { PLAY_PAUSE_MS, PlaySessions } from './play-sessions.ts';

describe('a play', () => {
  it('begins with the first request and goes on with the next ones', () => {
    const plays = new PlaySessions();
    expect(plays.continues('sato', 'r1', 0)).toBe(false);
    plays.note('sato', 'r1', 0);
    expect(plays.continues('sato', 'r1', 1000)).toBe(true);
  });

  it('goes on for as long as requests come, and a new one begins after a pause', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', 0);
    expect(plays.continues('sato', 'r1', PLAY_PAUSE_MS - 1)).toBe(true);
    expect(plays.continues('sato', 'r1', 2 * PLAY_PAUSE_MS - 2)).toBe(true);
    expect(plays.continues('sato', 'r1', 3 * PLAY_PAUSE_MS - 2)).toBe(false);
  });

  it('belongs to one person and one recording', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', 0);
    expect(plays.continues('sato', 'r2', 1)).toBe(false);
    expect(plays.continues('suzuki', 'r1', 1)).toBe(false);
  });

  it('is not begun by a request whose trace could not be written', () => {
    const plays = new PlaySessions();
    expect(plays.continues('sato', 'r1', 0)).toBe(false);
    expect(plays.continues('sato', 'r1', 1)).toBe(false);
  });

  it('still goes on although an older one of somebody else was forgotten', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', 0);
    plays.note('suzuki', 'r1', 10);
    plays.note('sato', 'r1', 20);
    expect(plays.continues('suzuki', 'r1', PLAY_PAUSE_MS + 15)).toBe(false);
    expect(plays.continues('sato', 'r1', PLAY_PAUSE_MS + 15)).toBe(true);
  });
});
