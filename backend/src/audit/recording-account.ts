import { type RecordingAccount } from './audit.schema.ts';
import { decodeLeaf } from './log/leaf.ts';
import { type LogEvidence } from './log-proofs.service.ts';

type Statement = RecordingAccount['statements'][number];

/** @param history everything the log says of the recording of the call */
export function recordingAccount(
  callId: string,
  { recordingId, leaves, proofs, checkpoint, verifierKey }: LogEvidence & { recordingId: string },
): RecordingAccount {
  const { size, at, note, cosignatures } = checkpoint;
  const statements = leaves.flatMap((bytes, place): Statement[] => {
    const leaf = decodeLeaf(bytes);
    return leaf.type === 'audit-event' ? [] : [{ leaf, proof: proofs[place] ?? '' }];
  });
  return {
    ...{ callId, recordingId, outcome: outcomeOf(statements.at(-1)?.leaf), statements },
    checkpoint: { size, at: at.toISOString(), note: note + cosignatures, verifierKey },
  };
}

function outcomeOf(last: Statement['leaf'] | undefined): RecordingAccount['outcome'] {
  if (last?.type === 'recording-deleted') return 'deleted';
  return last?.completeness === 'none' ? 'none' : 'sealed';
}
