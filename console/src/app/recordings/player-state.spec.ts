import { describe, expect, it } from '@jest/globals';
import { MEDIA_EVENTS, type MediaEvent, type PlayerState, afterMediaEvent, isRunning } from './player-state.ts';

const after = (events: MediaEvent[], from: PlayerState = 'loading') => events.reduce(afterMediaEvent, from);

describe('the player', () => {
  it('loads, plays, waits for the network, pauses and ends', () => {
    expect(after(['loadstart', 'canplay'])).toBe('paused');
    expect(after(['canplay', 'play', 'playing'])).toBe('playing');
    expect(after(['canplay', 'play', 'waiting'])).toBe('stalled');
    expect(after(['canplay', 'play', 'waiting', 'playing'])).toBe('playing');
    expect(after(['canplay', 'play', 'pause'])).toBe('paused');
    expect(after(['canplay', 'play', 'ended'])).toBe('ended');
  });

  it('plays again after the end, and is merely paused after a jump back from it', () => {
    expect(after(['play'], 'ended')).toBe('playing');
    expect(after(['seeked'], 'ended')).toBe('paused');
  });

  it('goes on playing through a jump', () => {
    expect(after(['waiting', 'seeked', 'canplay', 'playing'], 'playing')).toBe('playing');
  });

  it('stays failed until the audio is asked for again', () => {
    for (const event of MEDIA_EVENTS) {
      expect(after([event], 'failed')).toBe(event === 'loadstart' ? 'loading' : 'failed');
    }
  });

  it.each(['loading', 'paused', 'playing', 'stalled', 'ended'] as const)('fails from %s', (state) => {
    expect(after(['error'], state)).toBe('failed');
  });

  it('counts as running while it waits, so that the button says pause', () => {
    expect(['playing', 'stalled'].every((state) => isRunning(state as PlayerState))).toBe(true);
    expect(['loading', 'paused', 'ended', 'failed'].some((state) => isRunning(state as PlayerState))).toBe(false);
  });
});
