import { Module } from '@nestjs/common';
import { Settings } from '../platform/settings.ts';
import { DiskRecordingStore } from './disk-recording-store.ts';
import { RecordingStore } from './recording-store.ts';
import { RecordingRepository } from './recording.repository.ts';
import { Vault } from './vault.ts';

const store = {
  provide: RecordingStore,
  inject: [Settings],
  useFactory: ({ layout }: Settings) => new DiskRecordingStore(layout.vault, layout.vaultIdentity),
};

/** Rows and files of recordings, for those who write and those who read them. Stands on `PlatformModule`. */
@Module({ providers: [store, Vault, RecordingRepository], exports: [Vault, RecordingRepository] })
export class RecordingsStorageModule {}
