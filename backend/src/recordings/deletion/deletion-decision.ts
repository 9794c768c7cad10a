import type { RecordingState } from '../recording.schema.ts';

/** Why a recording is not to be deleted. A hold (保全) belongs here and wins over every rule. */
export type DeletionObstacle = 'not-settled' | 'no-audio';

/** What the decision depends on; all of it has to be read in the transaction that deletes. */
export interface DeletionFacts {
  state: Exclude<RecordingState, 'deleted'>;
}

/** @returns null when nothing stands in the way */
export function obstacleToDeletion({ state }: DeletionFacts): DeletionObstacle | null {
  switch (state) {
    case 'sealing':
      return 'not-settled';
    case 'none':
      return 'no-audio';
    case 'sealed':
      return null;
  }
}
