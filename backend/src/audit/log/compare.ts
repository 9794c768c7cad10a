import { type Checkpoint } from './checkpoint.ts';
import { TreeEdge } from './merkle.ts';

/** A record that is not as the log says. Indices are those of leaves, from 0. */
export type Finding =
  | { kind: 'changed'; index: number }
  | { kind: 'removed'; index: number }
  /** Was logged as leaf `index` and now stands (also) in the place of leaf `at`. */
  | { kind: 'moved'; index: number; at: number }
  /** Was never logged. */
  | { kind: 'added'; index: number };

/**
 * Names the exact records that were changed, removed, reordered or slipped in.
 * @param logged leaf hashes as they were logged, in order; believable once `checkHistory` found nothing
 * @param present `hashOfLeaf` of each record as it is now, by the leaf it claims to be; null for one that is no leaf at all
 * @returns empty when every record is as it was logged
 */
export function compareWithLog(
  logged: readonly Uint8Array[],
  present: ReadonlyMap<number, Uint8Array | null>,
): Finding[] {
  const leafOf = new Map(logged.map((hash, index) => [textOf(hash), index]));
  const found: Finding[] = [];
  for (const [at, hash] of present) {
    const expected = logged[at];
    if (expected && hash && textOf(hash) === textOf(expected)) continue;
    const index = hash ? leafOf.get(textOf(hash)) : undefined;
    if (index !== undefined) found.push({ kind: 'moved', index, at });
    else found.push({ kind: expected ? 'changed' : 'added', index: at });
  }
  const changed = new Set(found.filter(({ kind }) => kind === 'changed').map(({ index }) => index));
  const standing = new Set([...present.values()].map((hash) => hash && textOf(hash)));
  for (const [index, hash] of logged.entries()) {
    if (!standing.has(textOf(hash)) && !changed.has(index)) found.push({ kind: 'removed', index });
  }
  return found.sort((a, b) => a.index - b.index);
}

const textOf = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

/** The log itself was rewritten: somewhere from leaf `from` up to, not including, leaf `to`. */
export interface RewrittenHistory {
  from: number;
  to: number;
  /** What the log is missing, when it is shorter than the checkpoint says. */
  missing: number;
}

/**
 * Holds the logged leaves against checkpoints that were kept, also outside the box. The closer these are together, the
 * closer a change in the log itself is named.
 * @param checkpoints in ascending order of size, their signatures verified
 * @returns null when the log agrees with every checkpoint
 */
export async function checkHistory(
  logged: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  checkpoints: readonly Checkpoint[],
): Promise<RewrittenHistory | null> {
  const edge = TreeEdge.empty();
  let agreed = 0;
  let next = 0;
  const check = (): RewrittenHistory | null => {
    for (; checkpoints[next]?.size === edge.size; next++) {
      if (!checkpoints[next]?.root.equals(edge.root())) return { from: agreed, to: edge.size, missing: 0 };
      agreed = edge.size;
    }
    return null;
  };
  let rewritten = check();
  for await (const leafHash of logged) {
    if (rewritten || next === checkpoints.length) break;
    edge.append(Buffer.from(leafHash));
    rewritten = check();
  }
  const unreached = checkpoints[next];
  if (rewritten || !unreached) return rewritten;
  return { from: agreed, to: unreached.size, missing: unreached.size - edge.size };
}
