import { describe, expect, it } from '@jest/globals';
import { mediaFlows } from './media-flow.ts';

describe('sound', () => {
  const before = { atMs: 10_000, packets: 500 };

  it('flows when one side sends, as phones do', () => {
    expect(mediaFlows(before, { atMs: 11_000, packets: 550 })).toBe(true);
  });

  it('does not flow while there are a few packets only, or none', () => {
    expect(mediaFlows(before, { atMs: 11_000, packets: 505 })).toBe(false);
    expect(mediaFlows(before, { atMs: 12_000, packets: 500 })).toBe(false);
  });

  it('cannot be told from two counts of the same moment', () => {
    expect(mediaFlows(before, { atMs: 10_500, packets: 525 })).toBeNull();
  });
});
