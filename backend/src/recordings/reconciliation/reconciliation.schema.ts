import { z } from 'zod';
import { Instant } from '../../platform/schema.ts';

/** What does not agree. `quarantined` files and finished deletions are those a run that was no dry run has dealt with. */
export const ReconciliationFindingKind = z
  .enum([
    /** A sealed row, and nothing at its path. */
    'file-missing',
    /** A file that is not as large as what was sealed. */
    'size-differs',
    /** A file that does not decrypt to what was sealed. */
    'content-differs',
    /** A sealed row, and no key to open its file by. */
    'key-missing',
    /** A file that no row names. */
    'file-without-recording',
    /** A key of a recording that there is not. */
    'key-without-recording',
    /** File or key of a deleted recording. */
    'left-by-deletion',
    /** A call that ended long ago and says neither sealed nor why not. */
    'call-without-recording',
    /** Files in the spool of a call whose recording is settled. */
    'left-in-spool',
  ])
  .meta({ id: 'ReconciliationFindingKind' });
export type ReconciliationFindingKind = z.infer<typeof ReconciliationFindingKind>;

export const ReconciliationFinding = z
  .object({
    kind: ReconciliationFindingKind,
    recordingId: z.uuid().nullable(),
    callId: z.uuid().nullable(),
    /** Below the vault. */
    path: z.string().nullable(),
  })
  .meta({ id: 'ReconciliationFinding' });
export type ReconciliationFinding = z.infer<typeof ReconciliationFinding>;

export const ReconciliationCounts = z
  .object({
    rows: z.int(),
    files: z.int(),
    /** Files that were decrypted as a whole. */
    contents: z.int(),
    /** How often each kind was found; the findings stop at a limit, these do not. */
    found: z.partialRecord(ReconciliationFindingKind, z.int()),
    quarantined: z.int(),
    finishedDeletions: z.int(),
  })
  .meta({ id: 'ReconciliationCounts' });
export type ReconciliationCounts = z.infer<typeof ReconciliationCounts>;

/**
 * done = looked at everything; braked = found so much that it is rather the wrong disk, and changed nothing; refused = the
 * store is not the box's own, or away; failed = broke off.
 */
export const ReconciliationState = z
  .enum(['waiting', 'running', 'done', 'braked', 'refused', 'failed'])
  .meta({ id: 'ReconciliationState' });
export type ReconciliationState = z.infer<typeof ReconciliationState>;

/** A reconciliation by its numbers, for lists. */
export const ReconciliationSummary = z
  .object({
    id: z.uuid(),
    wantedAt: Instant,
    /** null = the box itself, at night. */
    wantedBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    dryRun: z.boolean(),
    thorough: z.boolean(),
    state: ReconciliationState,
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    /** null until it has ended. */
    counts: ReconciliationCounts.nullable(),
  })
  .meta({ id: 'ReconciliationSummary' });
export type ReconciliationSummary = z.infer<typeof ReconciliationSummary>;

export const Reconciliation = ReconciliationSummary.extend({
  /** At most a thousand; `counts.found` has all. */
  findings: z.array(ReconciliationFinding),
}).meta({ id: 'Reconciliation' });
export type Reconciliation = z.infer<typeof Reconciliation>;

export const ReconciliationOrder = z
  .strictObject({
    /** false: quarantine files that no row names, finish deletions, mark what is missing or damaged. Nothing is ever deleted. */
    dryRun: z.boolean().default(true),
    /** Decrypt every file instead of a sample. */
    thorough: z.boolean().default(false),
  })
  .meta({ id: 'ReconciliationOrder' });
export type ReconciliationOrder = z.infer<typeof ReconciliationOrder>;

export const ReconciliationList = z
  .object({ reconciliations: z.array(ReconciliationSummary) })
  .meta({ id: 'ReconciliationList' });
