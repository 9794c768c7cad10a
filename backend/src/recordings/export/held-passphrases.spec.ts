import { describe, expect, it } from '@jest/globals';
import { HELD_MS, HeldPassphrases } from './held-passphrases.ts';

describe('a passphrase', () => {
  it('is held for its own export and for its time, no longer', () => {
    const held = new HeldPassphrases();
    held.hold('one', 'kawa no nagare', 0);
    expect(held.find('one', HELD_MS - 1)).toBe('kawa no nagare');
    expect(held.find('other', 0)).toBeNull();
    expect(held.find('one', HELD_MS)).toBeNull();
    held.forget('one');
  });

  it('can be given anew and forgotten', () => {
    const held = new HeldPassphrases();
    held.hold('one', 'kawa no nagare', 0);
    held.hold('one', 'yama no midori', HELD_MS);
    expect(held.find('one', HELD_MS + 1)).toBe('yama no midori');
    held.forget('one');
    expect(held.find('one', HELD_MS + 1)).toBeNull();
  });
});
