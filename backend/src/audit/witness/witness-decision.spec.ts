import { describe, expect, it } from '@jest/globals';
import { consistencyProof, hashLeaf, rootOf, TreeEdge, type TreeNode } from '../log/merkle.ts';
import { decideOnCheckpoint } from './witness-decision.ts';

const nodes = new Map<string, Buffer>();
const edge = TreeEdge.empty();
for (let leaf = 0; leaf < 12; leaf++) {
  const made: TreeNode[] = edge.append(hashLeaf(Buffer.from([leaf])));
  for (const { level, index, hash } of made) nodes.set(`${level}/${index}`, hash);
}
const nodeAt = (level: number, index: number) => nodes.get(`${level}/${index}`) ?? Buffer.alloc(0);
const treeOf = async (size: number) => ({ size, root: await rootOf(size, nodeAt) });

async function decide(oldSize: number, size: number, cosigned: number | null, root?: Buffer) {
  const proof = await consistencyProof(Math.min(oldSize, size), size, nodeAt);
  const tree = await treeOf(size);
  const checkpoint = { origin: 'log', size, root: root ?? tree.root };
  return decideOnCheckpoint({ oldSize, proof }, checkpoint, cosigned === null ? null : await treeOf(cosigned));
}

describe('a witness', () => {
  it('cosigns the first checkpoint it sees, and any that continues the last one', async () => {
    expect(await decide(0, 5, null)).toBe('cosign');
    for (let from = 1; from < 12; from++) {
      for (let to = from; to <= 12; to++) expect(await decide(from, to, from)).toBe('cosign');
    }
  });

  it('wants to start from what it has cosigned', async () => {
    expect(await decide(0, 9, 5)).toBe('other-size');
    expect(await decide(7, 9, 5)).toBe('other-size');
    expect(await decide(3, 9, null)).toBe('other-size');
    expect(await decide(4, 4, 9)).toBe('other-size');
  });

  it('does not cosign a tree that does not continue it, whatever the proof', async () => {
    expect(await decide(5, 9, 5, Buffer.alloc(32))).toBe('inconsistent');
  });

  it('takes two roots of one size for what they are, whatever old size is claimed', async () => {
    for (const oldSize of [0, 3, 5]) expect(await decide(oldSize, 5, 5, Buffer.alloc(32, 1))).toBe('forked');
  });

  it('refuses an old size beyond the checkpoint', async () => {
    expect(await decide(6, 5, 9)).toBe('malformed');
  });
});
