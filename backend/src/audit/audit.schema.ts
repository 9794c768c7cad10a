import { z } from 'zod';
import { Instant } from '../platform/schema.ts';
import { RecordingDeletedLeaf, RecordingLeaf } from './log/leaf.ts';

/** The newest signed statement of what the log holds. Keep copies outside the box: that is what they are for. */
export const AuditCheckpoint = z
  .object({
    /** Number of leaves it covers. */
    size: z.int(),
    at: Instant,
    /** C2SP signed note with a tlog-checkpoint. */
    note: z.string(),
    /** C2SP verifier key, `<name>+<id>+<base64>`. */
    verifierKey: z.string(),
  })
  .meta({ id: 'AuditCheckpoint' });
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint>;

/** One thing the log says of a recording. */
export const RecordingStatement = z
  .object({
    leaf: z.discriminatedUnion('type', [RecordingLeaf, RecordingDeletedLeaf]),
    /** c2sp.org/tlog-proof; its `extra` is the leaf. */
    proof: z.string(),
  })
  .meta({ id: 'RecordingStatement' });

/** What became of the recording of a call, by the log alone. */
export const RecordingAccount = z
  .object({
    callId: z.uuid(),
    recordingId: z.uuid(),
    /** sealed = there is one; none = there never was one, see the leaf's `reason`; deleted = see the leaf's `rule`. */
    outcome: z.enum(['sealed', 'none', 'deleted']),
    /** In the order of the log; the last one says how it is now. */
    statements: z.array(RecordingStatement),
    checkpoint: AuditCheckpoint,
  })
  .meta({ id: 'RecordingAccount' });
export type RecordingAccount = z.infer<typeof RecordingAccount>;

export const AuditVerify = z
  .strictObject({
    /** Stops after so many findings. */
    limit: z.int().min(1).max(10_000).default(1000),
    /** Also decrypts every recording of the vault and holds it against its hash: takes about a second for 200 MB. */
    audio: z.boolean().default(false),
  })
  .meta({ id: 'AuditVerify' });
export type AuditVerify = z.infer<typeof AuditVerify>;

const RecordKind = z.enum(['audit-event', 'recording']);

/** What is not as it was logged and signed. */
export const AuditFinding = z
  .discriminatedUnion('what', [
    /** A row of the database. `leaf` is its place in the log; null = it has none. moved = it stands in the place of `of`. */
    z.object({
      what: z.literal('record'),
      change: z.enum(['changed', 'removed', 'added', 'moved']),
      kind: RecordKind,
      id: z.string(),
      leaf: z.int().nullable(),
      /** Id of the record whose contents stand here now. */
      of: z.string().optional(),
    }),
    /** The log's own copy of a record. */
    z.object({ what: z.literal('leaf'), change: z.enum(['changed', 'removed', 'added']), index: z.int() }),
    z.object({
      what: z.literal('node'),
      change: z.enum(['changed', 'removed', 'added']),
      level: z.int(),
      index: z.int(),
    }),
    z.object({
      what: z.literal('checkpoint'),
      change: z.enum(['changed', 'removed', 'added']),
      place: z.enum(['database', 'file']),
      size: z.int(),
    }),
    /** What others say of a checkpoint: an RFC 3161 time stamp, the signatures of witnesses. */
    z.object({
      what: z.enum(['timestamp', 'cosignatures']),
      change: z.enum(['changed', 'removed']),
      place: z.enum(['database', 'file']),
      size: z.int(),
    }),
    /** A recording of the vault is not what was sealed. removed = its file is gone; unreadable = its key is. */
    z.object({
      what: z.literal('audio'),
      change: z.enum(['changed', 'removed', 'unreadable']),
      recordingId: z.string(),
    }),
    /** The log contradicts a checkpoint: rewritten from leaf `from` up to, not including, `to`; `missing` leaves are gone. */
    z.object({ what: z.literal('history'), from: z.int(), to: z.int(), missing: z.int() }),
    /** There is a log and no key to verify its checkpoints by. */
    z.object({ what: z.literal('verifier-key'), change: z.enum(['changed', 'removed']) }),
  ])
  .meta({ id: 'AuditFinding' });
export type AuditFinding = z.infer<typeof AuditFinding>;

/** One line of the answer to a verification: findings and progress as they come, and `end` last. Without it, it broke off. */
export const VerificationLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), leaves: z.int(), of: z.int() }),
  z.object({ type: z.literal('audio-progress'), recordings: z.int() }),
  z.object({ type: z.literal('finding'), finding: AuditFinding }),
  z.object({
    type: z.literal('end'),
    /** Nothing was found, and everything was looked at. */
    intact: z.boolean(),
    /** False = stopped at the limit. */
    complete: z.boolean(),
    leaves: z.int(),
    checkpoints: z.int(),
    /** Leaves above the newest checkpoint: nobody has vouched for them yet. */
    unsignedLeaves: z.int(),
    /** Audit events that are too new to be in the log. */
    waitingEvents: z.int(),
    /** Recordings whose audio was looked at; null = it was not asked for. */
    recordings: z.int().nullable(),
  }),
]);
export type VerificationLine = z.infer<typeof VerificationLine>;
