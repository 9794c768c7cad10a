import { describe, expect, it } from '@jest/globals';
import { type LiveCall } from '../../api/generated/models.ts';
import { aLiveCall } from '../../../testing/fixtures.ts';
import { type ActName, armedSeconds, isArmed, possibleActs } from './possible-acts.ts';

const possible = (changes: Partial<LiveCall> = {}): ActName[] =>
  (Object.entries(possibleActs(aLiveCall(1, changes))) as [ActName, boolean][]).flatMap(([act, is]) =>
    is ? [act] : [],
  );

const IN_CONVERSATION: ActName[] = ['warn-recording', 'warn-final', 'end', 'transfer', 'park', 'supervise'];

describe('what may be done to a call', () => {
  it('in conversation is everything but to keep what is kept anyway', () => {
    expect(possible()).toEqual(['mark', ...IN_CONVERSATION, 'pause']);
  });

  it.each<[string, Partial<LiveCall>]>([
    ['that rings', { state: 'ringing', legs: [] }],
    ['that talks with a number outside', { legs: [] }],
  ])('%s needs no phone in it', (_, changes) => {
    expect(possible(changes)).toEqual(['mark', 'pause']);
  });

  it('that is parked can be picked up', () => {
    expect(possible({ parkedAt: '3' })).toEqual(['mark', 'pickUp', 'pause']);
  });

  it('to the emergency services is neither announced over nor ended nor handed on', () => {
    expect(possible({ emergency: true })).toEqual(['mark', 'supervise', 'pause']);
  });

  it('depends on what is recorded', () => {
    expect(possible({ recorder: 'off' })).not.toContain('pause');
    expect(possible({ recorder: 'paused' })).toContain('pause');
    expect(possible({ awaitsKeeping: true })).toContain('keep');
  });
});

describe('an armed end', () => {
  const now = new Date('2026-11-22T00:00:00.000Z');
  const armed = (endingArmedUntil: string | null) => ({ endingArmedUntil });

  it('is armed until its time is over, told in whole seconds', () => {
    expect(
      [armed('2026-11-22T00:00:00.001Z'), armed('2026-11-22T00:00:30.000Z')].map((c) => armedSeconds(c, now)),
    ).toEqual([1, 30]);
    for (const over of [armed(null), armed('2026-11-22T00:00:00.000Z'), armed('2026-11-21T00:00:00.000Z')]) {
      expect(armedSeconds(over, now)).toBe(0);
      expect(isArmed(over, now)).toBe(false);
    }
    expect(isArmed(armed('2026-11-22T00:00:00.001Z'), now)).toBe(true);
  });
});
