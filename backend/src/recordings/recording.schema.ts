import { z } from 'zod';
import { Instant } from '../platform/schema.ts';

/** sealing = the call has ended and the worker is at it; sealed = playable; none = no audio, with the reason. */
export const RecordingState = z.enum(['sealing', 'sealed', 'none']).meta({ id: 'RecordingState' });
export type RecordingState = z.infer<typeof RecordingState>;

export const Completeness = z.enum(['complete', 'partial', 'none']).meta({ id: 'Completeness' });
export type Completeness = z.infer<typeof Completeness>;

/** Why a recording is not complete. */
export const IncompleteReason = z
  .enum(['no-audio', 'file-missing', 'short', 'not-recorded', 'refused'])
  .meta({ id: 'IncompleteReason' });
export type IncompleteReason = z.infer<typeof IncompleteReason>;

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
