import { Module } from '@nestjs/common';
import { Settings } from '../../platform/settings.ts';
import { DeletionRepository } from '../deletion/deletion.repository.ts';
import { RecordingDeletions } from '../deletion/deletion.service.ts';
import { RecordingKeyRepository } from '../encryption/recording-key.repository.ts';
import { RecordingKeys } from '../encryption/recording-keys.service.ts';
import { recordingStoreOf } from './recording-store-of.ts';
import { AudioVerification } from './audio-verification.ts';
import { RecordingStore } from './recording-store.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { Vault } from './vault.ts';

const store = {
  provide: RecordingStore,
  inject: [Settings],
  useFactory: recordingStoreOf,
};

const keys = {
  provide: RecordingKeys,
  inject: [Settings, RecordingKeyRepository],
  useFactory: (settings: Settings, keyStore: RecordingKeyRepository) =>
    new RecordingKeys(settings.masterKeyPlaces, keyStore),
};

/** Rows, keys and files of recordings, for those who write and those who read them. Stands on `PlatformModule`. */
@Module({
  providers: [
    store,
    RecordingKeyRepository,
    keys,
    Vault,
    RecordingRepository,
    DeletionRepository,
    RecordingDeletions,
    AudioVerification,
  ],
  exports: [AudioVerification, RecordingKeys, Vault, RecordingRepository, DeletionRepository, RecordingDeletions],
})
export class RecordingsStorageModule {}
