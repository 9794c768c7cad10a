import { z } from 'zod';
import { Instant } from '../platform/schema.ts';
import { AudioFormat } from './formats/audio-format.ts';

/**
 * sealing = the call has ended and the worker is at it; sealed = playable; none = no audio, with the reason; deleted =
 * there was audio, and nobody can hear it any more.
 */
export const RecordingState = z.enum(['sealing', 'sealed', 'none', 'deleted']).meta({ id: 'RecordingState' });
export type RecordingState = z.infer<typeof RecordingState>;

export const Completeness = z.enum(['complete', 'partial', 'none']).meta({ id: 'Completeness' });
export type Completeness = z.infer<typeof Completeness>;

/**
 * Why a recording is not complete. interrupted = Asterisk stopped in the middle: at most the last second is lost;
 * recorder-failed = the recorder wrote nothing for a time, until a second one took over or for good; short = time is
 * missing that nothing explains. As the office wanted it: not-recorded = a recording rule says so; not-kept = recorded only
 * should somebody ask for it, and nobody did; paused = somebody paused the recording.
 */
export const IncompleteReason = z
  .enum([
    ...['no-audio', 'file-missing', 'short', 'interrupted', 'refused'],
    ...['not-recorded', 'not-kept', 'paused'],
    ...['disk-full', 'write-failed', 'recorder-failed', 'clock-lost'],
  ] as const)
  .meta({ id: 'IncompleteReason' });
export type IncompleteReason = z.infer<typeof IncompleteReason>;

/**
 * Why there is silence in a recording that nobody was silent in. Nothing came to be recorded: `before-media`, `no-media`,
 * `after-media`. What came is not kept, as the office wanted it: `not-recorded`, `not-kept`, `paused`. What came is lost: all
 * others; `recorder-restarted` = for another phone, at a transfer.
 */
export const GapReason = z
  .enum([
    ...['before-media', 'no-media', 'after-media', 'recorder-restarted'],
    ...['not-recorded', 'not-kept', 'paused'],
    ...['disk-full', 'write-failed', 'recorder-failed', 'interrupted', 'unexplained'],
  ] as const)
  .meta({ id: 'GapReason' });
export type GapReason = z.infer<typeof GapReason>;

/** Silence that stands for time without audio, so that each position is a moment of the call: `startedAt` + position. */
export const RecordingGap = z
  .object({ atMs: z.int(), durationMs: z.int(), reason: GapReason })
  .meta({ id: 'RecordingGap' });
export type RecordingGap = z.infer<typeof RecordingGap>;

/**
 * Why a recording is still `sealing`: the last attempt failed and will be repeated; the spool keeps the audio. A `sealed`
 * one with `vault-file-damaged` has lost its file, or the file is not what was sealed.
 */
export const SealingTrouble = z
  .enum([
    'vault-full',
    'vault-refused',
    'vault-failed',
    'vault-file-damaged',
    'vault-key-unusable',
    'encoder-failed',
    'spool-failed',
    'internal',
  ])
  .meta({ id: 'SealingTrouble' });
export type SealingTrouble = z.infer<typeof SealingTrouble>;

/**
 * Worth a look, though nothing the box heard is missing. missing = nothing at all came from a side while the other spoke;
 * silent = a whole side never rose above the noise of a line.
 */
export const RecordingHint = z
  .enum(['left-missing', 'right-missing', 'left-silent', 'right-silent', 'cut-by-transfer'])
  .meta({ id: 'RecordingHint' });
export type RecordingHint = z.infer<typeof RecordingHint>;

/** silence = neither side speaks; overlap = both do; loud = a side is far above its own usual level; see tracks.ts. */
export const TrackKind = z.enum(['silence', 'overlap', 'loud', 'clipping']).meta({ id: 'TrackKind' });
export type TrackKind = z.infer<typeof TrackKind>;

/** A part of a recording that stands out, in milliseconds from its beginning; `side` is null where both are meant. */
export const RecordingTrack = z
  .object({ kind: TrackKind, side: z.enum(['left', 'right']).nullable(), fromMs: z.int(), toMs: z.int() })
  .meta({ id: 'RecordingTrack' });
export type RecordingTrack = z.infer<typeof RecordingTrack>;

export const RecordingSummary = z
  .object({
    id: z.uuid(),
    state: RecordingState,
    completeness: Completeness.nullable(),
    reason: IncompleteReason.nullable(),
    durationMs: z.int().nullable(),
  })
  .meta({ id: 'RecordingSummary' });
export type RecordingSummary = z.infer<typeof RecordingSummary>;

/** What decided: `by-hand`, or the id of a retention rule. Stands in the log for ever, so it is no free text. */
export const DeletionRule = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.:/-]{0,63}$/, 'expected an id such as by-hand or retention:standard')
  .meta({ id: 'DeletionRule' });

export const RecordingDeletion = z
  .object({
    at: Instant,
    rule: DeletionRule,
    /** null once it had to be erased. */
    reason: z.string().nullable(),
    /** null = the box itself, by the rule. The name is null for somebody who is not known any more. */
    by: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'RecordingDeletion' });
export type RecordingDeletion = z.infer<typeof RecordingDeletion>;

export const RecordingDeletionOrder = z
  .strictObject({
    /** For whoever asks later why there is no recording. */
    reason: z.string().trim().min(1).max(500),
    rule: DeletionRule.default('by-hand'),
  })
  .meta({ id: 'RecordingDeletionOrder' });
export type RecordingDeletionOrder = z.infer<typeof RecordingDeletionOrder>;

/** Facts measured while sealing. Left = the outside party, right = our side. Levels are RMS in dBFS over the whole. */
export const RecordingDetail = RecordingSummary.extend({
  callId: z.uuid(),
  startedAt: Instant,
  sealedAt: Instant.nullable(),
  format: AudioFormat.nullable(),
  sampleRate: z.int().nullable(),
  sizeBytes: z.int().nullable(),
  sha256: z.string().nullable(),
  leftLevelDbfs: z.number().nullable(),
  rightLevelDbfs: z.number().nullable(),
  /** Silence put before the audio so that position zero is the moment recording began. */
  leadingSilenceMs: z.int().nullable(),
  /** Time of the call of which something was lost. Times when nothing came to be recorded are no loss. */
  missingMs: z.int().nullable(),
  gaps: z.array(RecordingGap),
  /** Of what was not kept by a recording rule: its id; `standard` where the document has none. */
  rule: z.string().nullable(),
  /** In the order of time; null while nothing is sealed. */
  tracks: z.array(RecordingTrack).nullable(),
  /** How long each side was silent. */
  leftSilentMs: z.int().nullable(),
  rightSilentMs: z.int().nullable(),
  hints: z.array(RecordingHint),
  trouble: SealingTrouble.nullable(),
  deletion: RecordingDeletion.nullable(),
}).meta({ id: 'RecordingDetail' });
export type RecordingDetail = z.infer<typeof RecordingDetail>;

/** Why somebody listens; nobody has to say. Kept in the audit trail, erasable like every detail of it. */
export const RecordingPlayOrder = z
  .strictObject({
    reason: z.string().trim().min(1).max(200, '200文字以内にしてください').nullable().default(null),
  })
  .meta({ id: 'RecordingPlayOrder' });

/** The audit event that says who began to listen. */
export const RecordingPlay = z.object({ id: z.string() }).meta({ id: 'RecordingPlay' });
export type RecordingPlay = z.infer<typeof RecordingPlay>;

/**
 * Waveform of both sides for drawing. `left` and `right` hold alternating minimum and maximum per pixel as fractions
 * of full scale (-1..1), `perSecond` pairs a second.
 */
export const RecordingPeaks = z
  .object({ perSecond: z.int(), left: z.array(z.number()), right: z.array(z.number()) })
  .meta({ id: 'RecordingPeaks' });
export type RecordingPeaks = z.infer<typeof RecordingPeaks>;
