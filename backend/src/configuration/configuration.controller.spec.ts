import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../platform/errors.ts';
import { versionOf } from './configuration.controller.ts';

describe('If-Match', () => {
  it.each([
    ['"7"', 7],
    ['"0"', 0],
    ['*', null],
    [undefined, null],
  ])('%s means version %s', (header, version) => {
    expect(versionOf(header)).toBe(version);
  });

  it.each(['7', '"a"', 'W/"7"', '"7", "8"', '', '"99999999999"'])('%s is refused rather than ignored', (header) => {
    expect(() => versionOf(header)).toThrow(InvalidInputError);
  });
});
