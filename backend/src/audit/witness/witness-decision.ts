import { type Checkpoint } from '../log/checkpoint.ts';
import { EMPTY_ROOT, verifyConsistency } from '../log/merkle.ts';
import { type WitnessRequest } from './witness-request.ts';

/** The largest tree of a log that this box has vouched for. */
export interface WitnessedTree {
  size: number;
  root: Buffer;
}

/** c2sp.org/tlog-witness, "add-checkpoint": what to answer to a checkpoint whose signature has been verified. */
export type WitnessDecision =
  | 'cosign'
  /** The old size is beyond the checkpoint. */
  | 'malformed'
  /** The log has to start from what was cosigned last. */
  | 'other-size'
  /** Two signed checkpoints of one size and different roots: proof that the log has two histories. */
  | 'forked'
  /** The proof does not verify. It need not come from the log, so it proves nothing against it. */
  | 'inconsistent';

/** @param cosigned null = nothing of this log yet */
export function decideOnCheckpoint(
  { oldSize, proof }: Pick<WitnessRequest, 'oldSize' | 'proof'>,
  { size, root }: Checkpoint,
  cosigned: WitnessedTree | null,
): WitnessDecision {
  const known = cosigned ?? { size: 0, root: EMPTY_ROOT };
  // Whatever old size was claimed: here are both signed.
  if (size === known.size && !root.equals(known.root)) return 'forked';
  if (oldSize > size) return 'malformed';
  if (oldSize !== known.size) return 'other-size';
  const isConsistent = verifyConsistency({
    ...{ from: oldSize, to: size, fromRoot: known.root, toRoot: root, path: proof },
  });
  return isConsistent ? 'cosign' : 'inconsistent';
}
