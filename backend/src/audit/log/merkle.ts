import { createHash } from 'node:crypto';

/*
 * The Merkle tree of RFC 6962, 2.1 (the same in RFC 9162, 2.1, and c2sp.org/merkle-tree), SHA-256.
 *
 * A node is a complete subtree, named by level and index: level 0 are the leaves, node (l, i) stands over the leaves from
 * `i * 2^l` up to, not including, `(i + 1) * 2^l`. Such nodes never change once they exist, so they are what is stored.
 * Sizes and indices are plain numbers, hence below 2^53.
 */

export const HASH_BYTES = 32;

/** MTH({}) = SHA-256(). RFC 6962, 2.1. */
export const EMPTY_ROOT = sha256();

/** MTH({d(0)}) = SHA-256(0x00 || d(0)). */
export function hashLeaf(leaf: Uint8Array): Buffer {
  return sha256(Uint8Array.of(0), leaf);
}

/** SHA-256(0x01 || left || right). */
export function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Uint8Array.of(1), left, right);
}

function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export interface TreeNode {
  level: number;
  index: number;
  hash: Buffer;
}

/**
 * The right edge of a tree (a compact range from 0): the roots of the complete subtrees that make it up, from the largest
 * to the smallest. All that is needed to append and to know the root: at most 53 hashes.
 */
export class TreeEdge {
  readonly #nodes: TreeNode[];

  private constructor(
    nodes: TreeNode[],
    private leaves: number,
  ) {
    this.#nodes = nodes;
  }

  static empty(): TreeEdge {
    return new TreeEdge([], 0);
  }

  /** Takes up a tree of `size` leaves whose nodes are stored. */
  static async load(size: number, nodeAt: NodeAt): Promise<TreeEdge> {
    const nodes = edgeOf(0, size).map(async (place) => ({ ...place, hash: await nodeAt(place.level, place.index) }));
    return new TreeEdge(await Promise.all(nodes), size);
  }

  get size(): number {
    return this.leaves;
  }

  /**
   * @param leafHash `hashLeaf` of the new leaf
   * @returns the nodes that exist from now on, the leaf first: to be stored with the leaf
   */
  append(leafHash: Buffer): TreeNode[] {
    let node: TreeNode = { level: 0, index: this.leaves, hash: leafHash };
    const made = [node];
    while (node.index % 2 === 1) {
      const left = this.#nodes.pop();
      if (left?.level !== node.level) throw new Error('the edge of the tree does not fit its size');
      node = { level: node.level + 1, index: (node.index - 1) / 2, hash: hashChildren(left.hash, node.hash) };
      made.push(node);
    }
    this.#nodes.push(node);
    this.leaves++;
    return made;
  }

  root(): Buffer {
    return fold(this.#nodes.map(({ hash }) => hash));
  }
}

/** Gives the hash of a stored node. */
export type NodeAt = (level: number, index: number) => Buffer | Promise<Buffer>;

/** Root of the first `size` leaves. */
export function rootOf(size: number, nodeAt: NodeAt): Promise<Buffer> {
  return rangeHash(0, size, nodeAt);
}

/**
 * PATH(m, D[n]) of RFC 6962, 2.1.1: from the leaf's sibling up to the root's child.
 * @throws RangeError when the tree has no such leaf
 */
export function inclusionProof(index: number, size: number, nodeAt: NodeAt): Promise<Buffer[]> {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`there is no leaf ${index} in a tree of ${size}`);
  }
  return path(index, 0, size, nodeAt);
}

async function path(leaf: number, start: number, end: number, nodeAt: NodeAt): Promise<Buffer[]> {
  if (end - start === 1) return [];
  const middle = start + largestPowerBelow(end - start);
  return leaf < middle
    ? [...(await path(leaf, start, middle, nodeAt)), await rangeHash(middle, end, nodeAt)]
    : [...(await path(leaf, middle, end, nodeAt)), await rangeHash(start, middle, nodeAt)];
}

/**
 * PROOF(m, D[n]) of RFC 6962, 2.1.2: that the tree of `from` leaves is the beginning of that of `to`.
 * @throws RangeError when `from` is greater than `to`
 */
export async function consistencyProof(from: number, to: number, nodeAt: NodeAt): Promise<Buffer[]> {
  if (!isCount(from) || !isCount(to) || from > to) throw new RangeError(`${from} leaves are no beginning of ${to}`);
  return from === 0 ? [] : subproof(from, 0, to, true, nodeAt);
}

/** SUBPROOF(m, D[start:end], known): `known` when the verifier has the root of D[start:from] already. */
async function subproof(from: number, start: number, end: number, known: boolean, nodeAt: NodeAt): Promise<Buffer[]> {
  if (from === end) return known ? [] : [await rangeHash(start, end, nodeAt)];
  const middle = start + largestPowerBelow(end - start);
  return from <= middle
    ? [...(await subproof(from, start, middle, known, nodeAt)), await rangeHash(middle, end, nodeAt)]
    : [...(await subproof(from, middle, end, false, nodeAt)), await rangeHash(start, middle, nodeAt)];
}

/** RFC 9162, 2.1.3.2. */
export function verifyInclusion(proof: {
  index: number;
  size: number;
  leafHash: Uint8Array;
  path: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  if (!isCount(proof.index) || !isCount(proof.size) || proof.index >= proof.size) return false;
  if (proof.leafHash.length !== HASH_BYTES) return false;
  let place = proof.index;
  let last = proof.size - 1;
  let hash = proof.leafHash;
  for (const sibling of proof.path) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false;
    if (isOdd(place) || place === last) {
      hash = hashChildren(sibling, hash);
      for (; !isOdd(place) && place !== 0; last = half(last)) place = half(place);
    } else {
      hash = hashChildren(hash, sibling);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 && isSame(hash, proof.root);
}

/** RFC 9162, 2.1.4.2; every tree is consistent with the empty one. */
export function verifyConsistency(proof: {
  from: number;
  to: number;
  fromRoot: Uint8Array;
  toRoot: Uint8Array;
  path: readonly Uint8Array[];
}): boolean {
  const { from, to, fromRoot, toRoot, path } = proof;
  if (!isCount(from) || !isCount(to) || from > to) return false;
  if (from === to) return path.length === 0 && isSame(fromRoot, toRoot) && (from > 0 || isSame(toRoot, EMPTY_ROOT));
  if (from === 0) return path.length === 0 && isSame(fromRoot, EMPTY_ROOT);
  if (path.length === 0) return false;
  const [first, ...rest] = isPowerOfTwo(from) ? [fromRoot, ...path] : path;
  return first !== undefined && climbsToBoth(first, rest, proof);
}

function climbsToBoth(
  first: Uint8Array,
  rest: readonly Uint8Array[],
  { from, to, fromRoot, toRoot }: { from: number; to: number; fromRoot: Uint8Array; toRoot: Uint8Array },
): boolean {
  let place = from - 1;
  let last = to - 1;
  for (; isOdd(place); last = half(last)) place = half(place);
  let [oldHash, newHash] = [first, first];
  for (const sibling of rest) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false;
    if (isOdd(place) || place === last) {
      oldHash = hashChildren(sibling, oldHash);
      newHash = hashChildren(sibling, newHash);
      for (; !isOdd(place) && place !== 0; last = half(last)) place = half(place);
    } else {
      newHash = hashChildren(newHash, sibling);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 && isSame(oldHash, fromRoot) && isSame(newHash, toRoot);
}

/** MTH(D[start:end]) from complete subtrees. `start` is a multiple of the largest of them. */
async function rangeHash(start: number, end: number, nodeAt: NodeAt): Promise<Buffer> {
  return fold(await Promise.all(edgeOf(start, end).map(async ({ level, index }) => nodeAt(level, index))));
}

/** The complete subtrees of D[start:end], from the largest to the smallest. */
function edgeOf(start: number, end: number): { level: number; index: number }[] {
  const places: { level: number; index: number }[] = [];
  for (let at = start; at < end;) {
    const level = levelWithin(end - at);
    places.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return places;
}

function fold(hashes: Buffer[]): Buffer {
  const last = hashes.at(-1);
  if (!last) return EMPTY_ROOT;
  return hashes.slice(0, -1).reduceRight((right, left) => hashChildren(left, right), last);
}

/** The k of RFC 6962, 2.1: k < n <= 2k. */
function largestPowerBelow(n: number): number {
  return 2 ** levelWithin(n - 1);
}

/** The greatest level with 2^level <= n. Exact, unlike `Math.log2` for great numbers. */
function levelWithin(n: number): number {
  let level = 0;
  while (2 ** (level + 1) <= n) level++;
  return level;
}

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0;
const isOdd = (n: number) => n % 2 === 1;
const half = (n: number) => Math.floor(n / 2);
const isPowerOfTwo = (n: number) => 2 ** levelWithin(n) === n;
const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b);
