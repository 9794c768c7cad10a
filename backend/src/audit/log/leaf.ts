import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { hashLeaf } from './merkle.ts';

/*
 * What the log is made of. A leaf is the canonical JSON (RFC 8785) of one of these, in UTF-8; `type` and `version` say how
 * to read it. A version never changes once leaves of it are in a log: what has to be said differently gets a new version.
 * Hence instants are text with milliseconds in UTC, exactly as `Date.toISOString` writes them, and ids stay text.
 *
 * A leaf stays for ever and leaves the box in proofs, so nothing may stand in it that has to be erased some day: no telephone
 * number, no name of a caller, no words. The free detail of an event holds such things (the number that somebody searched
 * for), so a leaf only commits to it. The salt stands beside the detail in the database and is erased with it; from then on
 * nobody can try numbers against the commitment, while before that a changed detail shows.
 */

const Instant = z.iso.datetime({ precision: 3 });
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.int().min(0);

/** 操作記録: who did what to what. */
export const AuditEventLeaf = z.strictObject({
  type: z.literal('audit-event'),
  version: z.literal(1),
  /** `audit_events.id`. It may have gaps (an insert that was rolled back); the leaves have none. */
  id: z.string().regex(/^\d+$/),
  at: Instant,
  userId: z.string().nullable(),
  action: z.string(),
  /** An id, never what a person is called or reached by. */
  subject: z.string().nullable(),
  /** `commitToDetail`. */
  detailHash: Sha256,
  remoteAddress: z.string().nullable(),
});
export type AuditEventLeaf = z.infer<typeof AuditEventLeaf>;

/**
 * HMAC-SHA-256 of the detail's canonical JSON, in hex.
 * @param salt 32 random bytes of the event's own
 * @throws NotCanonicalError for what is no JSON
 */
export function commitToDetail(detail: unknown, salt: Uint8Array): string {
  return createHmac('sha256', salt).update(canonicalJson(detail)).digest('hex');
}

/** A recording was sealed, or there is none and why. Sealed again, it has a further leaf; the last one counts. */
const RecordingLeaf1 = z.strictObject({
  type: z.literal('recording'),
  version: z.literal(1),
  recordingId: z.string(),
  callId: z.string(),
  completeness: z.enum(['complete', 'partial', 'none']),
  reason: z.string().nullable(),
  startedAt: Instant,
  sealedAt: Instant.nullable(),
  durationMs: Count.nullable(),
  format: z.string().nullable(),
  /** Of the audio before encryption: what an exported file can be compared with. */
  sizeBytes: Count.nullable(),
  sha256: Sha256.nullable(),
});

/** The same where a recording rule decided that not all of it, or nothing, is kept. */
const RecordingLeaf2 = RecordingLeaf1.extend({
  version: z.literal(2),
  /** Id of the recording rule, or `standard`. */
  rule: z.string(),
});

export const RecordingLeaf = z.discriminatedUnion('version', [RecordingLeaf1, RecordingLeaf2]);
export type RecordingLeaf = z.infer<typeof RecordingLeaf>;

/** The tombstone of a recording: it was there, and went by this rule. Why is in the detail of the event, if not erased. */
export const RecordingDeletedLeaf = z.strictObject({
  type: z.literal('recording-deleted'),
  version: z.literal(1),
  recordingId: z.string(),
  callId: z.string(),
  deletedAt: Instant,
  /** Id of the retention rule, or of what else decided. Never free text. */
  rule: z.string(),
  /** The `AuditEventLeaf` of the deletion. */
  eventId: z.string().regex(/^\d+$/),
  /** null = the box itself, by the rule. */
  userId: z.string().nullable(),
});
export type RecordingDeletedLeaf = z.infer<typeof RecordingDeletedLeaf>;

export const Leaf = z.discriminatedUnion('type', [AuditEventLeaf, RecordingLeaf, RecordingDeletedLeaf]);
export type Leaf = z.infer<typeof Leaf>;

/** Not a leaf as we write it, to the byte. */
export class MalformedLeafError extends Error {
  override readonly name = 'MalformedLeafError';
}

/**
 * The bytes that are hashed.
 * @throws MalformedLeafError for a leaf of no known type, NotCanonicalError for what is no JSON
 */
export function encodeLeaf(leaf: Leaf): Buffer {
  const text = canonicalJson(leaf);
  const checked = Leaf.safeParse(JSON.parse(text));
  if (!checked.success) throw new MalformedLeafError(z.prettifyError(checked.error));
  return Buffer.from(text);
}

/** RFC 6962, 2.1, over `encodeLeaf`. */
export function hashOfLeaf(leaf: Leaf): Buffer {
  return hashLeaf(encodeLeaf(leaf));
}

/**
 * Reads a leaf, such as the `extra` of a proof.
 * @throws MalformedLeafError also when these are not the bytes that `encodeLeaf` writes
 */
export function decodeLeaf(bytes: Uint8Array): Leaf {
  const text = Buffer.from(bytes).toString();
  const leaf = Leaf.safeParse(parsed(text));
  if (!leaf.success) throw new MalformedLeafError(z.prettifyError(leaf.error));
  if (!encodeLeaf(leaf.data).equals(bytes)) throw new MalformedLeafError('not in canonical form');
  return leaf.data;
}

/** The same, null for what is no leaf. */
export function decodedOrNull(bytes: Uint8Array): Leaf | null {
  try {
    return decodeLeaf(bytes);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedLeafError('not JSON');
  }
}
