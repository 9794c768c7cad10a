import { z } from 'zod';
import { Instant } from '../platform/schema.ts';

/** sealing = the call has ended and the worker is at it; sealed = playable; none = no audio, with the reason. */
export const RecordingState = z.enum(['sealing', 'sealed', 'none']).meta({ id: 'RecordingState' });
export type RecordingState = z.infer<typeof RecordingState>;

export const Completeness = z.enum(['complete', 'partial', 'none']).meta({ id: 'Completeness' });
export type Completeness = z.infer<typeof Completeness>;

/** Why a recording is not complete. interrupted = Asterisk stopped in the middle: at most the last second is lost. */
export const IncompleteReason = z
  .enum(['no-audio', 'file-missing', 'short', 'interrupted', 'not-recorded', 'refused'])
  .meta({ id: 'IncompleteReason' });
export type IncompleteReason = z.infer<typeof IncompleteReason>;

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

/** Worth a look, but nothing is missing: a whole side never rose above the noise of a line. */
export const RecordingHint = z.enum(['left-silent', 'right-silent']).meta({ id: 'RecordingHint' });
export type RecordingHint = z.infer<typeof RecordingHint>;

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

/** Facts measured while sealing. Left = the outside party, right = our side. Levels are RMS in dBFS over the whole. */
export const RecordingDetail = RecordingSummary.extend({
  callId: z.uuid(),
  startedAt: Instant,
  sealedAt: Instant.nullable(),
  format: z.literal('flac').nullable(),
  sampleRate: z.int().nullable(),
  sizeBytes: z.int().nullable(),
  sha256: z.string().nullable(),
  leftLevelDbfs: z.number().nullable(),
  rightLevelDbfs: z.number().nullable(),
  /** Silence put before the audio so that position zero is the moment recording began. */
  leadingSilenceMs: z.int().nullable(),
  /** Time of the call that is not in the audio. */
  missingMs: z.int().nullable(),
  /** How long each side was silent. */
  leftSilentMs: z.int().nullable(),
  rightSilentMs: z.int().nullable(),
  hints: z.array(RecordingHint),
  trouble: SealingTrouble.nullable(),
}).meta({ id: 'RecordingDetail' });
export type RecordingDetail = z.infer<typeof RecordingDetail>;

/**
 * Waveform of both sides for drawing. `left` and `right` hold alternating minimum and maximum per pixel as fractions
 * of full scale (-1..1), `perSecond` pairs a second.
 */
export const RecordingPeaks = z
  .object({ perSecond: z.int(), left: z.array(z.number()), right: z.array(z.number()) })
  .meta({ id: 'RecordingPeaks' });
export type RecordingPeaks = z.infer<typeof RecordingPeaks>;
