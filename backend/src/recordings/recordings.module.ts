import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { DeletionController } from './deletion.controller.ts';
import { Playback } from './playback.service.ts';
import { RecordingsStorageModule } from './recordings-storage.module.ts';
import { RecordingsController } from './recordings.controller.ts';
import { SealedAudioReader } from './sealed-audio-reader.ts';

/** Listening to recordings: the console's side. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule, RecordingsStorageModule],
  controllers: [RecordingsController, DeletionController],
  providers: [Playback, SealedAudioReader],
  exports: [SealedAudioReader],
})
export class RecordingsModule {}
