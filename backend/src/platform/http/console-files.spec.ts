import { describe, expect, it } from '@jest/globals';
import { chooseEncoding } from './console-files.ts';

describe('the encoding of a file', () => {
  it.each([
    ['gzip, deflate, br', 'text/css; charset=utf-8', 'br'],
    ['gzip', 'text/javascript', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'text/javascript', 'gzip'],
    ['BR', 'image/svg+xml', 'br'],
    ['gzip, br', 'font/woff2', 'identity'],
    ['gzip, br', 'image/png', 'identity'],
    ['*', 'text/css', 'identity'],
    [undefined, 'text/css', 'identity'],
  ])('for %s and %s', (accepted, contentType, encoding) => {
    expect(chooseEncoding(accepted, contentType)).toBe(encoding);
  });
});
