import { type AuditFinding } from './audit.schema.ts';
import { decodedOrNull, type Leaf } from './log/leaf.ts';
import { hashLeaf, type TreeEdge, type TreeNode } from './log/merkle.ts';
import { type LeafRow, type LogSnapshot } from './log-reading.repository.ts';
import { type LoggedKind } from './logged-records.ts';

/** What the log says at one index, as far as it can be believed. */
export interface BelievedLeaf {
  index: number;
  hash: Buffer;
  /** Of which record it is; null when nobody can tell any more. */
  of: { kind: LoggedKind; id: string } | null;
  /** Null when its bytes are not what was logged. */
  content: Leaf | null;
  superseded: boolean;
}

export async function lookUpNodes(log: LogSnapshot, from: number, to: number): Promise<(Buffer | null)[]> {
  const places = Array.from({ length: to - from }, (_, place) => ({ level: 0, index: from + place }));
  const nodes = await log.nodes(places);
  return places.map(({ index }) => nodes.get(`0/${index}`) ?? null);
}

/**
 * The log has each leaf's hash three times: made from its bytes, beside them, and as a node. Two that agree are believed,
 * so that a change of one names that one and not everything above it. All three changed alike, the checkpoints tell.
 * @param nodes of level 0, from leaf `from` up to, not including, `to`
 */
export function believedLeaves(
  rows: readonly LeafRow[],
  nodes: readonly (Buffer | null)[],
  from: number,
  to: number,
): BelievedLeaf[] {
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  return Array.from({ length: to - from }, (_, place) =>
    believed(from + place, byIndex.get(from + place), nodes[place]),
  );
}

function believed(index: number, row: LeafRow | undefined, node: Buffer | null | undefined): BelievedLeaf {
  if (!row) return { index, hash: node ?? Buffer.alloc(32), of: null, content: null, superseded: false };
  const made = hashLeaf(row.leaf);
  const hash = node?.equals(made) ? made : row.hash;
  const content = made.equals(hash) ? decodedOrNull(row.leaf) : null;
  return { index, hash, of: content ? recordOf(content) : claimOf(row), content, superseded: row.superseded };
}

const recordOf = (leaf: Leaf): { kind: LoggedKind; id: string } =>
  leaf.type === 'audit-event' ? { kind: leaf.type, id: leaf.id } : { kind: 'recording', id: leaf.recordingId };

function claimOf({ kind, source }: LeafRow): { kind: LoggedKind; id: string } | null {
  if (kind === 'audit-event' && /^\d{1,18}$/.test(source)) return { kind, id: source };
  return kind === 'recording' ? { kind, id: source } : null;
}

/** Leaves that are gone, or whose bytes, hash or label are not those that were logged. */
export function leafFindings(rows: readonly LeafRow[], leaves: readonly BelievedLeaf[]): AuditFinding[] {
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  return leaves.flatMap(({ index, hash, of, content }): AuditFinding[] => {
    const row = byIndex.get(index);
    if (!row) return [{ what: 'leaf', change: 'removed', index }];
    const isWhole = content !== null && row.hash.equals(hash) && row.kind === of?.kind && row.source === of.id;
    return isWhole ? [] : [{ what: 'leaf', change: 'changed', index }];
  });
}

/** Makes the nodes above these leaves anew and names those that are stored otherwise. */
export async function nodeFindings(
  log: LogSnapshot,
  edge: TreeEdge,
  leaves: readonly BelievedLeaf[],
): Promise<AuditFinding[]> {
  const expected: TreeNode[] = leaves.flatMap(({ hash }) => edge.append(hash));
  const stored = await log.nodes(expected);
  return expected.flatMap(({ level, index, hash }): AuditFinding[] => {
    const node = stored.get(`${level}/${index}`);
    if (!node) return [{ what: 'node', change: 'removed', level, index }];
    return node.equals(hash) ? [] : [{ what: 'node', change: 'changed', level, index }];
  });
}
