import type { RecordingEntity } from './recording.entity.ts';
import { fromStored } from './sealing/stored-tracks.ts';
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
    gaps: recording.gaps,
    rule: recording.rule,
    tracks: recording.tracks && fromStored(recording.tracks),
    hints: hintsOf(recording),
    trouble: recording.trouble,
    deletion,
  };
}

function hintsOf(recording: RecordingEntity): RecordingHint[] {
  if (recording.state !== 'sealed') return [];
  const { durationMs, leftSilentMs, rightSilentMs, leftLevelDbfs, rightLevelDbfs, gaps } = recording;
  const hints: RecordingHint[] = [];
  if (leftSilentMs === durationMs)
    hints.push(leftLevelDbfs === null && rightSilentMs !== durationMs ? 'left-missing' : 'left-silent');
  if (rightSilentMs === durationMs)
    hints.push(rightLevelDbfs === null && leftSilentMs !== durationMs ? 'right-missing' : 'right-silent');
  if (gaps.some(({ reason }) => reason === 'recorder-restarted')) hints.push('cut-by-transfer');
  return hints;
}
