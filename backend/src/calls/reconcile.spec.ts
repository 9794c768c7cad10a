import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OpenCall, type Reachable, reconcile } from './reconcile.ts';

const NOW = 1_000_000;
const call = (index: number, writtenAtMs = 0): OpenCall => ({
  callId: `call-${index}`,
  channelId: `channel-${index}`,
  writtenAtMs,
});
const calls = (count: number) => Array.from({ length: count }, (_, index) => call(index));
const reachable = (channels: number[] = [], sinceMs = 60_000, callIds: string[] = []): Reachable => ({
  channelIds: new Set(channels.map((index) => `channel-${index}`)),
  callIds: new Set(callIds),
  sinceMs,
});

describe('calls without an end', () => {
  it('are ended when their channel is gone', () => {
    expect(reconcile(calls(3), reachable([1]), NOW)).toEqual({ end: [call(0), call(2)] });
  });

  it('are left alone when another channel carries them', () => {
    expect(reconcile([call(0)], reachable([], 60_000, ['call-0']), NOW)).toEqual({ end: [] });
  });

  it('are left alone for a while after their last line', () => {
    expect(reconcile([call(0, NOW - 4000)], reachable(), NOW)).toEqual({ end: [] });
    expect(reconcile([call(0, NOW - 6000)], reachable(), NOW)).toEqual({ end: [call(0, NOW - 6000)] });
  });

  it('are not ended by the dozen by an Asterisk that was only just reached', () => {
    expect(reconcile(calls(5), reachable([0, 1], 9000), NOW)).toEqual({ heldBack: 3 });
    expect(reconcile(calls(5), reachable([0, 1], 11_000), NOW)).toEqual({ end: [call(2), call(3), call(4)] });
  });

  it('are ended at once when they are few, or not most', () => {
    expect(reconcile(calls(4), reachable([], 0), NOW)).toEqual({ end: calls(4) });
    expect(reconcile(calls(6), reachable([0, 1, 2], 0), NOW)).toEqual({ end: [call(3), call(4), call(5)] });
  });

  it('are never ended while their channel lives, whatever else holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        fc.subarray(['call-0', 'call-3', 'call-7']),
        fc.integer({ min: 0, max: 60_000 }),
        (count, channels, callIds, sinceMs) => {
          const decision = reconcile(calls(count), reachable(channels, sinceMs, callIds), NOW);
          const ended = 'end' in decision ? decision.end : [];
          for (const { callId, channelId } of ended) {
            expect(channels.map((index) => `channel-${index}`)).not.toContain(channelId);
            expect(callIds).not.toContain(callId);
          }
        },
      ),
    );
  });
});
