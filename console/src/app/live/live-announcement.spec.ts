import { describe, expect, it } from '@jest/globals';
import { aLiveCall } from '../../testing/fixtures.ts';
import { spokenChange } from './live-announcement.ts';

describe('what a screen reader says of the live board', () => {
  it('counts what began and ended, and how many there are', () => {
    expect(spokenChange([aLiveCall(1)], [aLiveCall(2), aLiveCall(3)])).toBe(
      '通話が2件始まりました。通話が1件終わりました。いま2件です。',
    );
  });

  it('says nothing of a call that goes from ringing to talking', () => {
    expect(spokenChange([aLiveCall(1, { state: 'ringing' })], [aLiveCall(1)])).toBe('');
  });

  it('tells once that a recorder stands still', () => {
    const stalled = aLiveCall(1, { recorder: 'stalled' });
    expect(spokenChange([aLiveCall(1)], [stalled])).toBe('録音されていない通話が1件あります。');
    expect(spokenChange([stalled], [stalled])).toBe('');
  });
});
