import { describe, expect, it } from '@jest/globals';
import { PLAY_PAUSE_MS, PlaySession, PlaySessions } from './play-sessions.ts';

describe('a play', () => {
  const play = new PlaySession('1');

  it('begins with the first request and goes on with the next ones', () => {
    const plays = new PlaySessions();
    expect(plays.current('sato', 'r1', 0)).toBeNull();
    plays.note('sato', 'r1', play, 0);
    expect(plays.current('sato', 'r1', 1000)).toBe(play);
  });

  it('goes on for as long as requests come, and a new one begins after a pause', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', play, 0);
    expect(plays.current('sato', 'r1', PLAY_PAUSE_MS - 1)).toBe(play);
    expect(plays.current('sato', 'r1', 2 * PLAY_PAUSE_MS - 2)).toBe(play);
    expect(plays.current('sato', 'r1', 3 * PLAY_PAUSE_MS - 2)).toBeNull();
  });

  it('belongs to one person and one recording', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', play, 0);
    expect(plays.current('sato', 'r2', 1)).toBeNull();
    expect(plays.current('suzuki', 'r1', 1)).toBeNull();
  });

  it('is not begun by a request whose trace could not be written', () => {
    const plays = new PlaySessions();
    expect(plays.current('sato', 'r1', 0)).toBeNull();
    expect(plays.current('sato', 'r1', 1)).toBeNull();
  });

  it('gives way to a new one that somebody begins on purpose', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', play, 0);
    const anew = new PlaySession('2');
    plays.note('sato', 'r1', anew, 1);
    expect(plays.current('sato', 'r1', 2)).toBe(anew);
  });

  it('still goes on although an older one of somebody else was forgotten', () => {
    const plays = new PlaySessions();
    plays.note('sato', 'r1', play, 0);
    plays.note('suzuki', 'r1', play, 10);
    plays.note('sato', 'r1', play, 20);
    expect(plays.current('suzuki', 'r1', PLAY_PAUSE_MS + 15)).toBeNull();
    expect(plays.current('sato', 'r1', PLAY_PAUSE_MS + 15)).toBe(play);
  });
});

describe('what was played', () => {
  it('is told once, however often it is heard again in the same play', () => {
    const session = new PlaySession('1');
    expect(session.isTold('stereo', { fromMs: 0, toMs: 10 })).toBe(false);
    session.noteTold('stereo', { fromMs: 0, toMs: 10 });
    expect(session.isTold('stereo', { fromMs: 2, toMs: 10 })).toBe(true);
    expect(session.isTold('stereo', { fromMs: 2, toMs: 11 })).toBe(false);
    expect(session.isTold('left', { fromMs: 2, toMs: 10 })).toBe(false);
  });

  it('is one stretch where parts touch, and two where something lies between them', () => {
    const session = new PlaySession('1');
    session.noteTold('mono', { fromMs: 20, toMs: 30 });
    session.noteTold('mono', { fromMs: 0, toMs: 10 });
    expect(session.isTold('mono', { fromMs: 0, toMs: 30 })).toBe(false);
    session.noteTold('mono', { fromMs: 10, toMs: 20 });
    expect(session.isTold('mono', { fromMs: 0, toMs: 30 })).toBe(true);
  });
});
