import type { RecordingEntity } from './recording.entity.ts';
import type { RecordingDeletion, RecordingDetail, RecordingHint } from './recording.schema.ts';

/** @param deletion of a deleted one */
export function recordingDetail(recording: RecordingEntity, deletion: RecordingDeletion | null): RecordingDetail {
  const { id, callId, state, completeness, reason, durationMs, format, sampleRate, sizeBytes, sha256 } = recording;
  const { leftLevelDbfs, rightLevelDbfs, leadingSilenceMs, missingMs, leftSilentMs, rightSilentMs } = recording;
  return {
    ...{ id, callId, state, completeness, reason, durationMs, format, sampleRate, sizeBytes, sha256 },
    ...{ leftLevelDbfs, rightLevelDbfs, leadingSilenceMs, missingMs, leftSilentMs, rightSilentMs },
    startedAt: recording.startedAt.toISOString(),
    sealedAt: recording.sealedAt?.toISOString() ?? null,
    hints: hintsOf(recording),
    trouble: recording.trouble,
    deletion,
  };
}

function hintsOf({ state, durationMs, leftSilentMs, rightSilentMs }: RecordingEntity): RecordingHint[] {
  if (state !== 'sealed') return [];
  const hints: RecordingHint[] = [];
  if (leftSilentMs === durationMs) hints.push('left-silent');
  if (rightSilentMs === durationMs) hints.push('right-silent');
  return hints;
}
