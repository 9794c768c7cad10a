import { createHash } from 'node:crypto';
import { hashLeaf, type NodeAt, TreeEdge } from './merkle.ts';

/** The definitions of RFC 6962, 2.1, word for word, with none of the code under test. */
const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

export function literalRoot(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (!only) return hash();
  if (leaves.length === 1) return hash(Buffer.from([0]), only);
  const k = split(leaves.length);
  return hash(Buffer.from([1]), literalRoot(leaves.slice(0, k)), literalRoot(leaves.slice(k)));
}

export function literalPath(m: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...literalPath(m, leaves.slice(0, k)), literalRoot(leaves.slice(k))]
    : [...literalPath(m - k, leaves.slice(k)), literalRoot(leaves.slice(0, k))];
}

export function literalProof(m: number, leaves: readonly Uint8Array[], known = true): Buffer[] {
  if (m === leaves.length) return known ? [] : [literalRoot(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...literalProof(m, leaves.slice(0, k), known), literalRoot(leaves.slice(k))]
    : [...literalProof(m - k, leaves.slice(k), false), literalRoot(leaves.slice(0, k))];
}

/** A tree in memory, grown leaf by leaf as the stored one is. */
export function grownTree(leaves: readonly Uint8Array[]): { edge: TreeEdge; nodeAt: NodeAt; roots: Buffer[] } {
  const stored = new Map<string, Buffer>();
  const edge = TreeEdge.empty();
  const roots = [edge.root()];
  for (const leaf of leaves) {
    for (const { level, index, hash } of edge.append(hashLeaf(leaf))) stored.set(`${level}/${index}`, hash);
    roots.push(edge.root());
  }
  const nodeAt: NodeAt = (level, index) => {
    const node = stored.get(`${level}/${index}`);
    if (!node) throw new Error(`node ${level}/${index} is not complete yet`);
    return node;
  };
  return { edge, nodeAt, roots };
}
