import { Clock } from '../../platform/clock.ts';
import { CheckpointFiles } from '../checkpoint-files.ts';
import { CheckpointVouchers } from '../checkpoint-vouchers.repository.ts';
import { consistencyProof } from '../log/merkle.ts';
import { type StoredCheckpoint } from '../log.repository.ts';
import { askWitness } from './witness-client.ts';
import { type Witness } from './witness-lists.ts';

export const LEAST_INTERVAL_MS = 55 * 60_000;

/** Why a witness has not cosigned. */
export interface WitnessFailure {
  witness: string;
  error: unknown;
}

/** Has checkpoints cosigned by other boxes: a history that they have not seen grow can then be told from the real one. */
export class CheckpointWitnessing {
  /** @param witnesses read each time, so that an added one counts at once */
  constructor(
    private readonly rows: CheckpointVouchers,
    private readonly files: CheckpointFiles,
    private readonly witnesses: () => Promise<Witness[]>,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks each witness about the newest checkpoint, about once an hour; none waits for the trouble of another.
   * @throws WitnessListError
   */
  async askAll(): Promise<WitnessFailure[]> {
    const newest = await this.rows.newestCheckpoint();
    if (!newest) return [];
    const failures = (await this.witnesses()).map((witness) =>
      this.ask(witness, newest).then(
        () => [],
        (error: unknown) => [{ witness: witness.verifier.keyName, error }],
      ),
    );
    await Promise.all(failures);
    await this.writeFile(newest.size);
    return (await Promise.all(failures)).flat();
  }

  private async ask(witness: Witness, newest: StoredCheckpoint): Promise<void> {
    const { keyName } = witness.verifier;
    const last = await this.rows.newestCosignature(keyName);
    const now = this.clock.now();
    if (last?.size === newest.size) return;
    if (last && now.getTime() - last.at.getTime() < LEAST_INTERVAL_MS) return;
    const proveFrom = (size: number) => consistencyProof(size, newest.size, this.rows.nodeAt);
    const line = await askWitness(witness, newest, Math.min(last?.size ?? 0, newest.size), proveFrom);
    await this.rows.addCosignature(newest.size, keyName, line, now);
  }

  /** After the rows, of which it is the copy outside the database; what a crash left out is made up for in the next round. */
  private async writeFile(size: number): Promise<void> {
    const lines = Buffer.from(await this.rows.cosignatures(size));
    const written = await this.files.readCompanion(size, 'witnesses');
    if (lines.length > 0 && written?.equals(lines) !== true) await this.files.writeCompanion(size, 'witnesses', lines);
  }
}
