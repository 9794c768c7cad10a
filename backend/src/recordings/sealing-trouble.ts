import { EncoderFailedError } from './flac-encoder.ts';
import { StoreFailedError, StoreFullError, StoreRefusedError } from './recording-store.ts';
import type { SealingTrouble } from './recording.schema.ts';
import { CallNotFiledError } from './recordings.errors.ts';
import { SpoolStillGrowingError } from './spool.ts';
import { VaultFileDamagedError } from './vault.ts';

const TROUBLES: [new (...details: never[]) => Error, SealingTrouble][] = [
  [StoreFullError, 'vault-full'],
  [StoreRefusedError, 'vault-refused'],
  [StoreFailedError, 'vault-failed'],
  [VaultFileDamagedError, 'vault-file-damaged'],
  [EncoderFailedError, 'encoder-failed'],
  [SpoolStillGrowingError, 'spool-failed'],
  [CallNotFiledError, 'spool-failed'],
];

/** What a person is told of a failed attempt; the log has the rest. */
export function troubleOf(error: unknown): SealingTrouble {
  return TROUBLES.find(([kind]) => error instanceof kind)?.[1] ?? 'internal';
}
