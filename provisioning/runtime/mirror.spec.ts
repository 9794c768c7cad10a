import { describe, expect, it } from '@jest/globals';
import { hostPackageSource, mirrorOf } from './mirror.ts';

describe('the package mirror', () => {
  it('is the one of a deb822 sources file', () => {
    const file =
      'Types: deb\nURIs: http://mirror.city.example/debian/\nSuites: trixie trixie-updates\nComponents: main\n';
    expect(mirrorOf([file])).toBe('http://mirror.city.example/debian');
  });

  it('is the one of a one-line sources list, options or not', () => {
    expect(mirrorOf(['deb http://a.example/debian trixie main'])).toBe('http://a.example/debian');
    expect(mirrorOf(['deb [signed-by=/k.gpg arch=amd64] https://b.example/debian/ trixie main'])).toBe(
      'https://b.example/debian',
    );
  });

  it('is neither a security archive, nor a disabled or commented source, nor another vendor', () => {
    const files = [
      'Types: deb\nURIs: http://s.example/debian\nSuites: trixie-security\n\nTypes: deb\nURIs: http://d.example/debian\nSuites: trixie\nEnabled: no',
      '# deb http://c.example/debian trixie main\ndeb http://s.example/debian trixie-security main\ndeb http://v.example/node nodistro main',
    ];
    expect(mirrorOf(files)).toBe(mirrorOf([]));
    expect(mirrorOf([])).toMatch(/^http:.*\/debian$/);
  });

  it('cannot be trusted without a keyring, and says which package brings it', () => {
    expect(() => hostPackageSource(() => false)).toThrow(/debian-archive-keyring/);
  });
});
