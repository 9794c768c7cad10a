import {
  KeyFormatUnknownError,
  MasterKeyUnknownError,
  MasterKeyUnusableError,
  RecordingKeyGoneError,
  WrappedKeyAlteredError,
} from '../encryption/key.errors.ts';
import { EncoderFailedError } from '../formats/audio-encoders.ts';
import { StoreFailedError, StoreFullError, StoreRefusedError } from '../vault/recording-store.ts';
import type { SealingTrouble } from '../recording.schema.ts';
import { CallNotFiledError } from '../recordings.errors.ts';
import { SpoolStillGrowingError } from '../spool/spool.ts';
import { VaultFileDamagedError } from '../vault/vault.ts';

const TROUBLES: [new (...details: never[]) => Error, SealingTrouble][] = [
  [StoreFullError, 'vault-full'],
  [StoreRefusedError, 'vault-refused'],
  [StoreFailedError, 'vault-failed'],
  [VaultFileDamagedError, 'vault-file-damaged'],
  [MasterKeyUnusableError, 'vault-key-unusable'],
  [MasterKeyUnknownError, 'vault-key-unusable'],
  [WrappedKeyAlteredError, 'vault-key-unusable'],
  [KeyFormatUnknownError, 'vault-key-unusable'],
  [RecordingKeyGoneError, 'vault-key-unusable'],
  [EncoderFailedError, 'encoder-failed'],
  [SpoolStillGrowingError, 'spool-failed'],
  [CallNotFiledError, 'spool-failed'],
];

/** What a person is told of a failed attempt; the log has the rest. */
export function troubleOf(error: unknown): SealingTrouble {
  return TROUBLES.find(([kind]) => error instanceof kind)?.[1] ?? 'internal';
}
