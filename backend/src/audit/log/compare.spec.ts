import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Checkpoint } from './checkpoint.ts';
import { checkHistory, compareWithLog } from './compare.ts';
import { grownTree } from './merkle.fixture.ts';
import { hashLeaf } from './merkle.ts';

const LEAVES = Array.from({ length: 50 }, (_, i) => Buffer.from(`event ${i}`));
const LOGGED = LEAVES.map(hashLeaf);
const FORGED = hashLeaf(Buffer.from('forged'));
const intact = () => new Map<number, Uint8Array | null>(LOGGED.entries());
const anyIndex = fc.nat(LEAVES.length - 1);

describe('records held against the log', () => {
  it('that are as they were logged give no finding', () => {
    expect(compareWithLog(LOGGED, intact())).toEqual([]);
  });

  it('are named when changed, also when they cannot be read as a leaf any more', () => {
    fc.assert(
      fc.property(anyIndex, fc.constantFrom(FORGED, null), (index, now) => {
        expect(compareWithLog(LOGGED, intact().set(index, now))).toEqual([{ kind: 'changed', index }]);
      }),
    );
  });

  it('are named when removed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyIndex, { maxLength: 5 }), (removed) => {
        const present = intact();
        for (const index of removed) present.delete(index);
        const expected = removed.toSorted((a, b) => a - b).map((index) => ({ kind: 'removed', index }));
        expect(compareWithLog(LOGGED, present)).toEqual(expected);
      }),
    );
  });

  it('are named when two change places, or one stands in for another', () => {
    const hash = (index: number) => LOGGED[index] ?? null;
    expect(compareWithLog(LOGGED, intact().set(3, hash(8)).set(8, hash(3)))).toEqual([
      { kind: 'moved', index: 3, at: 8 },
      { kind: 'moved', index: 8, at: 3 },
    ]);
    const shifted = intact().set(3, hash(8));
    const expected = [
      { kind: 'removed', index: 3 },
      { kind: 'moved', index: 8, at: 3 },
    ];
    expect(compareWithLog(LOGGED, shifted)).toEqual(expected);
    shifted.delete(8);
    expect(compareWithLog(LOGGED, shifted)).toEqual(expected);
  });

  it('are named when slipped in', () => {
    expect(compareWithLog(LOGGED, intact().set(50, FORGED))).toEqual([{ kind: 'added', index: 50 }]);
  });
});

describe('a log held against its checkpoints', () => {
  const { roots } = grownTree(LEAVES);
  const at = (size: number): Checkpoint => ({ origin: 'log', size, root: roots[size] ?? Buffer.alloc(0) });
  const checkpoints = [0, 10, 10, 20, 35, 50].map(at);

  it('agrees when it only grew', async () => {
    for (const length of [50, 49, 51]) {
      const logged = [...LOGGED.slice(0, length), ...(length > 50 ? [FORGED] : [])];
      expect(
        await checkHistory(
          logged,
          checkpoints.filter(({ size }) => size <= length),
        ),
      ).toBeNull();
    }
  });

  it('names the stretch between two checkpoints where it was rewritten', async () => {
    await fc.assert(
      fc.asyncProperty(anyIndex, async (index) => {
        const [from, to] = [
          checkpoints.findLast(({ size }) => size <= index),
          checkpoints.find(({ size }) => size > index),
        ];
        const rewritten = await checkHistory(LOGGED.with(index, FORGED), checkpoints);
        expect(rewritten).toEqual({ from: from?.size, to: to?.size, missing: 0 });
      }),
    );
  });

  it('says how much was cut off its end', async () => {
    expect(await checkHistory(LOGGED.slice(0, 30), checkpoints)).toEqual({ from: 20, to: 35, missing: 5 });
    expect(await checkHistory([], checkpoints)).toEqual({ from: 0, to: 10, missing: 10 });
  });
});
