import { describe, expect, it } from '@jest/globals';
import { isOlder, refuseOldAsterisk, upstreamVersion } from './versions.ts';

describe('versions', () => {
  it.each([
    ['1:22.10.1+dfsg+~cs6.17.60671434-1', '22.10.1'],
    ['18.6-3', '18.6'],
    ['0.2-1+b3', '0.2'],
    ['2026f-1', '2026f'],
    ['22.11.0~rc1-1', '22.11.0'],
  ])('of Debian %s is the author’s %s', (debian, upstream) => {
    expect(upstreamVersion(debian)).toBe(upstream);
  });

  it('are compared number by number', () => {
    expect(isOlder('22.9.0', '22.10.1')).toBe(true);
    expect(isOlder('22.10.1', '22.10.1')).toBe(false);
    expect(isOlder('22.10', '22.10.1')).toBe(true);
    expect(isOlder('23.0.0', '22.10.1')).toBe(false);
  });

  it('refuses an Asterisk with known holes, and none at all', () => {
    expect(() => refuseOldAsterisk({ asterisk: '1:22.10.0+dfsg-2' })).toThrow('22.10.1');
    expect(() => refuseOldAsterisk({})).toThrow('22.10.1');
    expect(() => refuseOldAsterisk({ asterisk: '1:22.10.1+dfsg-1' })).not.toThrow();
  });
});
