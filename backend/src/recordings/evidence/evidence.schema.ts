import { z } from 'zod';
import { CallDetail } from '../../calls/call.schema.ts';
import { RecordingLeaf } from '../../audit/log/leaf.ts';
import { Instant } from '../../platform/schema.ts';
import { RecordingGap } from '../recording.schema.ts';
import { EVIDENCE_KIND } from './evidence-parts.ts';

export const EvidenceRequest = z
  .strictObject({
    /** What it is needed for: stands in the audit trail and in the package. */
    reason: z.string().trim().min(1, '理由を入力してください').max(500, '理由は500文字以内で入力してください'),
  })
  .meta({ id: 'EvidenceRequest' });
export type EvidenceRequest = z.infer<typeof EvidenceRequest>;

/** A file of the package. */
export const EvidenceFile = z.strictObject({
  name: z.string(),
  sizeBytes: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type EvidenceFile = z.infer<typeof EvidenceFile>;

/** The call as the console shows it, but for its recording. */
export const EvidenceCall = CallDetail.omit({ recording: true, recorder: true });

/** `manifest.json` of an evidence package. Its SHA-256 stands in the log, so all of it is what the box said then. */
export const EvidenceManifest = z.strictObject({
  kind: z.literal(EVIDENCE_KIND),
  version: z.literal(1),
  /** Random, so that nobody can find the manifest by trying what its logged hash may be of. */
  packageId: z.uuid(),
  createdAt: Instant,
  createdBy: z.object({ userId: z.string(), login: z.string(), name: z.string() }),
  reason: z.string(),
  /** Exactly what the leaf of the recording says. */
  recording: RecordingLeaf,
  /** What else was measured while sealing. Left = the outside party, right = our side. */
  audio: z.strictObject({
    sampleRate: z.int().nullable(),
    channels: z.tuple([z.literal('outside party'), z.literal('office')]),
    leadingSilenceMs: z.int().nullable(),
    missingMs: z.int().nullable(),
    gaps: z.array(RecordingGap),
    leftSilentMs: z.int().nullable(),
    rightSilentMs: z.int().nullable(),
  }),
  call: EvidenceCall,
  /** All but this one and the proofs, which prove themselves. */
  files: z.array(EvidenceFile),
});
export type EvidenceManifest = z.infer<typeof EvidenceManifest>;
