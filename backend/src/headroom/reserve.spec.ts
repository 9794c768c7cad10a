import { describe, expect, it } from '@jest/globals';
import { LOW_WATER_BYTES, pieceBytes, reserveStep } from './reserve.ts';

const MIB = 1024 * 1024;

describe('the reserve', () => {
  it.each([
    [1e9, 32],
    [20e9, 48],
    [100e9, 128],
    [20e12, 128],
  ])('of a disk of %p bytes has four pieces of %p MiB', (totalBytes, mebibytes) => {
    expect(pieceBytes(totalBytes)).toBe(mebibytes * MIB);
  });

  it('gives up a piece when the database could not write its log any more, and not before', () => {
    expect(reserveStep(LOW_WATER_BYTES, 4, 32 * MIB)).toBe('keep');
    expect(reserveStep(LOW_WATER_BYTES - 1, 4, 32 * MIB)).toBe('give-up');
    expect(reserveStep(LOW_WATER_BYTES - 1, 0, 32 * MIB)).toBe('keep');
  });

  it('is made again once there is room for twice as much', () => {
    expect(reserveStep(128 * MIB, 3, 32 * MIB)).toBe('keep');
    expect(reserveStep(128 * MIB + 1, 3, 32 * MIB)).toBe('make');
    expect(reserveStep(1e12, 4, 32 * MIB)).toBe('keep');
  });

  it.each([32, 64, 128])('never gives up what it has just made, with pieces of %p MiB', (mebibytes) => {
    const piece = mebibytes * MIB;
    for (let free = 0; free < 600 * MIB; free += MIB) {
      if (reserveStep(free, 2, piece) === 'make') expect(reserveStep(free - piece, 3, piece)).not.toBe('give-up');
      if (reserveStep(free, 2, piece) === 'give-up') expect(reserveStep(free + piece, 1, piece)).not.toBe('make');
    }
  });
});
