import { commitToDetail, encodeLeaf, type Leaf } from './log/leaf.ts';
import { hashLeaf } from './log/merkle.ts';

/** Kinds of records that the log is held against; also `log_leaves.kind`. */
export type LoggedKind = 'audit-event' | 'recording';

/** A row of `audit_events`, with its salt. */
export interface AuditEventRow {
  id: string;
  at: Date;
  userId: string | null;
  action: string;
  subject: string | null;
  detail: unknown;
  remoteAddress: string | null;
  salt: Buffer;
}

/** What the log says of a row of `recordings`. */
export interface RecordingRow {
  id: string;
  callId: string;
  state: string;
  completeness: string | null;
  reason: string | null;
  rule: string | null;
  startedAt: Date;
  sealedAt: Date | null;
  durationMs: number | null;
  format: string | null;
  sizeBytes: string | null;
  sha256: string | null;
  deletedAt: Date | null;
  deletedBy: string | null;
  deletionRule: string | null;
  deletionEvent: string | null;
}

export interface EncodedLeaf {
  kind: LoggedKind;
  /** Id of the row it is of. */
  source: string;
  leaf: Buffer;
  hash: Buffer;
}

/** Written in the transaction that settles a recording: from then on it has a leaf. */
export const SETTLING_ACTIONS = ['recording.seal', 'recording.none', 'recording.delete'];

/** @throws MalformedLeafError, NotCanonicalError */
export function auditEventLeaf({ salt, detail, at, ...event }: AuditEventRow): EncodedLeaf {
  const leaf: Leaf = {
    ...{ type: 'audit-event', version: 1, at: at.toISOString(), detailHash: commitToDetail(detail, salt) },
    ...{ id: event.id, userId: event.userId, action: event.action, subject: event.subject },
    remoteAddress: event.remoteAddress,
  };
  return encoded('audit-event', event.id, leaf);
}

/**
 * @returns null while the recording is not settled
 * @throws MalformedLeafError for a row that neither sealing nor deletion wrote
 */
export function recordingLeaf(row: RecordingRow): EncodedLeaf | null {
  if (row.state === 'deleted') return encoded('recording', row.id, tombstone(row));
  if (row.state !== 'sealed' && row.state !== 'none') return null;
  const leaf = {
    ...{ type: 'recording', version: 1, recordingId: row.id, callId: row.callId, completeness: row.completeness },
    ...{ reason: row.reason, startedAt: row.startedAt.toISOString(), sealedAt: row.sealedAt?.toISOString() ?? null },
    ...{ durationMs: row.durationMs, format: row.format, sha256: row.sha256 },
    sizeBytes: row.sizeBytes === null ? null : Number(row.sizeBytes),
    ...(row.rule === null ? {} : { version: 2, rule: row.rule }),
  };
  return encoded('recording', row.id, leaf as Leaf);
}

function tombstone({ id, callId, deletedAt, deletedBy, deletionRule, deletionEvent }: RecordingRow): Leaf {
  const leaf = {
    ...{ type: 'recording-deleted', version: 1, recordingId: id, callId, deletedAt: deletedAt?.toISOString() },
    ...{ rule: deletionRule, eventId: deletionEvent, userId: deletedBy },
  };
  return leaf as Leaf;
}

function encoded(kind: LoggedKind, source: string, of: Leaf): EncodedLeaf {
  const leaf = encodeLeaf(of);
  return { kind, source, leaf, hash: hashLeaf(leaf) };
}
