import { describe, expect, it } from '@jest/globals';
import { safeNext } from './safe-next.ts';

describe('where to go after logging in', () => {
  it('is the screen the person wanted', () => {
    expect(safeNext('/calls/00000000-0000-4000-8000-000000000001')).toBe('/calls/00000000-0000-4000-8000-000000000001');
  });

  it.each([
    undefined,
    '',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    'calls',
    '/log-in?next=/log-in',
  ])('is never %p', (next) => {
    expect(safeNext(next)).toBe('/');
  });
});
