import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { grownTree, literalPath, literalProof, literalRoot } from './merkle.fixture.ts';
import {
  consistencyProof,
  EMPTY_ROOT,
  hashLeaf,
  inclusionProof,
  rootOf,
  TreeEdge,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

/** The test data of Certificate Transparency's reference implementation. */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex);
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const CT_INCLUSION: [index: number, size: number, path: string[]][] = [
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
];
const CT_CONSISTENCY: [from: number, to: number, path: string[]][] = [
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const LEAVES = Array.from({ length: 70 }, (_, i) => Buffer.from(`leaf ${i}`));
const TREE = grownTree(LEAVES);
const rootAt = (size: number) => TREE.roots[size] ?? Buffer.alloc(0);
const leafAt = (index: number) => LEAVES[index] ?? Buffer.alloc(0);

const placeIn = fc
  .integer({ min: 1, max: LEAVES.length })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));
const growth = fc
  .integer({ min: 1, max: LEAVES.length })
  .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 0, max: to }) }));
const joined = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex')).join('\n');
const aBit = fc.integer({ min: 0, max: 255 });

function flipped(hash: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(hash);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

describe('against the test data of Certificate Transparency', () => {
  const tree = grownTree(CT_LEAVES);

  it('the root is right after each leaf', () => {
    expect(tree.roots.map((root) => root.toString('hex'))).toEqual(CT_ROOTS);
    expect(EMPTY_ROOT.toString('hex')).toBe(CT_ROOTS[0]);
  });

  it.each(CT_INCLUSION)('the path of leaf %i in a tree of %i is right', async (index, size, path) => {
    const made = await inclusionProof(index, size, tree.nodeAt);
    expect(made.map((hash) => hash.toString('hex'))).toEqual(path);
    const leafHash = hashLeaf(CT_LEAVES[index] ?? Buffer.alloc(0));
    expect(verifyInclusion({ index, size, leafHash, path: path.map(hex), root: hex(CT_ROOTS[size] ?? '') })).toBe(true);
  });

  it.each(CT_CONSISTENCY)('the proof that %i leaves became %i is right', async (from, to, path) => {
    expect((await consistencyProof(from, to, tree.nodeAt)).map((hash) => hash.toString('hex'))).toEqual(path);
    const [fromRoot, toRoot] = [hex(CT_ROOTS[from] ?? ''), hex(CT_ROOTS[to] ?? '')];
    expect(verifyConsistency({ from, to, fromRoot, toRoot, path: path.map(hex) })).toBe(true);
  });
});

describe('a growing tree', () => {
  it('has the root of RFC 6962 at every size, also when taken up again from its stored nodes', async () => {
    for (let size = 0; size <= LEAVES.length; size++) {
      const expected = literalRoot(LEAVES.slice(0, size));
      expect(rootAt(size).equals(expected)).toBe(true);
      expect((await rootOf(size, TREE.nodeAt)).equals(expected)).toBe(true);
      const resumed = await TreeEdge.load(size, TREE.nodeAt);
      expect([resumed.size, resumed.root().equals(expected)]).toEqual([size, true]);
      if (size === LEAVES.length) continue;
      resumed.append(hashLeaf(leafAt(size)));
      expect(resumed.root().equals(rootAt(size + 1))).toBe(true);
    }
  });

  it('makes each node once', () => {
    const edge = TreeEdge.empty();
    const made = LEAVES.flatMap((leaf) => edge.append(hashLeaf(leaf)).map(({ level, index }) => `${level}/${index}`));
    expect(new Set(made).size).toBe(made.length);
    expect(made).toHaveLength(70 + 35 + 17 + 8 + 4 + 2 + 1);
  });

  it('has another root for any other leaf and any other order', () => {
    fc.assert(
      fc.property(placeIn, fc.nat(69), ({ size, index }, other) => {
        fc.pre(other < size && other !== index);
        const leaves = LEAVES.slice(0, size);
        const swapped = leaves.with(index, leafAt(other)).with(other, leafAt(index));
        for (const changed of [leaves.with(index, Buffer.from('forged')), leaves.toSpliced(index, 1), swapped]) {
          expect(grownTree(changed).edge.root().equals(rootAt(size))).toBe(false);
        }
      }),
    );
  });
});

describe('an inclusion proof', () => {
  it('is that of RFC 6962 and verifies, for every leaf of every size', async () => {
    for (let size = 1; size <= 33; size++) {
      for (let index = 0; index < size; index++) {
        const path = await inclusionProof(index, size, TREE.nodeAt);
        expect(joined(path)).toBe(joined(literalPath(index, LEAVES.slice(0, size))));
        const leafHash = hashLeaf(leafAt(index));
        expect(verifyInclusion({ index, size, leafHash, path, root: rootAt(size) })).toBe(true);
      }
    }
  });

  it('fails when anything about it is altered', async () => {
    await fc.assert(
      fc.asyncProperty(placeIn, aBit, fc.nat(), async ({ index, size }, bit, which) => {
        const path = await inclusionProof(index, size, TREE.nodeAt);
        const good = { index, size, leafHash: hashLeaf(leafAt(index)), path, root: rootAt(size) };
        const at = which % Math.max(1, path.length);
        const part = path[at];
        const altered = [
          { ...good, leafHash: flipped(good.leafHash, bit) },
          { ...good, root: flipped(good.root, bit) },
          { ...good, path: [...path, good.leafHash] },
          { ...good, leafHash: good.leafHash.subarray(1) },
          { ...good, index: size },
          { ...good, index: -1 },
          { ...good, index: index + 0.5 },
          ...(part
            ? [
                { ...good, path: path.with(at, flipped(part, bit)) },
                { ...good, path: path.toSpliced(at, 1) },
              ]
            : []),
          ...(size > 1 ? [{ ...good, index: (index + 1) % size }] : []),
        ];
        for (const forged of altered) expect(verifyInclusion(forged)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('needs hashes, not merely equal bytes', () => {
    const empty = Buffer.alloc(0);
    expect(verifyInclusion({ index: 0, size: 1, leafHash: empty, path: [], root: empty })).toBe(false);
  });

  it('does not exist for a leaf that is not in the tree', () => {
    expect(() => inclusionProof(5, 5, TREE.nodeAt)).toThrow(RangeError);
    expect(() => inclusionProof(0, 0, TREE.nodeAt)).toThrow(RangeError);
  });
});

describe('a consistency proof', () => {
  it('is that of RFC 6962 and verifies, for every growth', async () => {
    for (let to = 0; to <= 33; to++) {
      for (let from = 0; from <= to; from++) {
        const path = await consistencyProof(from, to, TREE.nodeAt);
        expect(joined(path)).toBe(from === 0 ? '' : joined(literalProof(from, LEAVES.slice(0, to))));
        expect(verifyConsistency({ from, to, fromRoot: rootAt(from), toRoot: rootAt(to), path })).toBe(true);
      }
    }
  });

  it('fails when anything about it is altered', async () => {
    await fc.assert(
      fc.asyncProperty(growth, aBit, fc.nat(), async ({ from, to }, bit, which) => {
        const path = await consistencyProof(from, to, TREE.nodeAt);
        const good = { from, to, fromRoot: rootAt(from), toRoot: rootAt(to), path };
        const at = which % Math.max(1, path.length);
        const part = path[at];
        const altered = [
          { ...good, fromRoot: flipped(good.fromRoot, bit) },
          { ...good, path: [...path, good.toRoot] },
          { ...good, from: to + 1 },
          ...(from > 0 ? [{ ...good, toRoot: flipped(good.toRoot, bit) }] : []),
          ...(part
            ? [
                { ...good, path: path.with(at, flipped(part, bit)) },
                { ...good, path: path.toSpliced(at, 1) },
              ]
            : []),
        ];
        for (const forged of altered) expect(verifyConsistency(forged)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot be made for a history that was rewritten', async () => {
    await fc.assert(
      fc.asyncProperty(growth, fc.nat(69), async ({ from, to }, index) => {
        fc.pre(index < from);
        const rewritten = grownTree(LEAVES.slice(0, to).with(index, Buffer.from('forged')));
        const path = await consistencyProof(from, to, rewritten.nodeAt);
        const proof = { from, to, fromRoot: rootAt(from), toRoot: rewritten.edge.root(), path };
        expect(verifyConsistency(proof)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('cannot go backwards', async () => {
    await expect(consistencyProof(3, 2, TREE.nodeAt)).rejects.toThrow(RangeError);
  });
});
