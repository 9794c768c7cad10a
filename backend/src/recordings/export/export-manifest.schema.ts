import { z } from 'zod';
import { Instant } from '../../platform/schema.ts';
import { Completeness, IncompleteReason, RecordingGap } from '../recording.schema.ts';
import { AudioSide, ExportFormat, ListEncoding } from './export.schema.ts';

/**
 * Why a call of the list has no file. no-recording = there never was audio, `completenessReason` says why; not-sealed =
 * not yet; deleted = it or its key was destroyed; file-missing, file-damaged = the vault has lost or altered it;
 * key-unusable = its key is there and does not open, with the right master key it may; conversion-failed = it could not be made into the format, the part that was made is to be thrown away.
 */
export const NotExported = z.enum([
  'no-recording',
  'not-sealed',
  'deleted',
  'file-missing',
  'file-damaged',
  'key-unusable',
  'conversion-failed',
]);
export type NotExported = z.infer<typeof NotExported>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const ExportedFile = z.object({ name: z.string(), sizeBytes: z.int(), sha256: Sha256 });

const Sealed = z.object({
  format: z.string(),
  sizeBytes: z.int(),
  sha256: Sha256,
  sealedAt: Instant.nullable(),
});

export const ManifestRecording = z.object({
  /** Line of the list, from 1. */
  position: z.int(),
  callId: z.uuid(),
  recordingId: z.uuid().nullable(),
  /** null = not exported, for the reason below. */
  file: ExportedFile.nullable(),
  /** A name in the archive whose content is incomplete. */
  incompleteFile: z.string().nullable(),
  notExported: NotExported.nullable(),
  /** Whether the file is byte for byte what was sealed. */
  asSealed: z.boolean(),
  /** What was sealed, before it was encrypted in the vault. */
  sealed: Sealed.nullable(),
  callStartedAt: Instant.nullable(),
  callEndedAt: Instant.nullable(),
  recordingStartedAt: Instant.nullable(),
  durationMs: z.int().nullable(),
  completeness: Completeness.nullable(),
  completenessReason: IncompleteReason.nullable(),
  /** Time of the call of which there is no audio; where it has its place as silence, `gaps` tells it and why. */
  missingMs: z.int().nullable(),
  gaps: z.array(RecordingGap),
});
export type ManifestRecording = z.infer<typeof ManifestRecording>;

/** `manifest.json` of an export. Times are UTC, sizes bytes, hashes of the files as they lie in the archive. */
export const ExportManifest = z.object({
  kind: z.literal('denwaban-export'),
  version: z.literal(1),
  export: z.object({
    id: z.uuid(),
    createdAt: Instant,
    createdBy: z.string(),
    reason: z.string(),
    format: ExportFormat,
    side: AudioSide,
    listEncoding: ListEncoding,
  }),
  recordings: z.array(ManifestRecording),
  /** Everything else in the archive but this file. */
  files: z.array(ExportedFile),
  counts: z.object({ calls: z.int(), exported: z.int(), withoutAudio: z.int(), missing: z.int() }),
});
export type ExportManifest = z.infer<typeof ExportManifest>;
