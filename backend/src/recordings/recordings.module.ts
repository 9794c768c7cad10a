import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { DeletionController } from './deletion/deletion.controller.ts';
import { Settings } from '../platform/settings.ts';
import { SegmentDecoder } from './formats/segment-decoder.ts';
import { Playback } from './playback/playback.service.ts';
import { ReconciliationController } from './reconciliation/reconciliation.controller.ts';
import { ReconciliationRepository } from './reconciliation/reconciliation.repository.ts';
import { RecordingsStorageModule } from './vault/recordings-storage.module.ts';
import { RecordingsController } from './recordings.controller.ts';
import { SealedAudioReader } from './playback/sealed-audio-reader.ts';
import { Sounds } from './playback/sounds.service.ts';

const decoder = {
  provide: SegmentDecoder,
  inject: [Settings],
  useFactory: ({ endpoints }: Settings) => new SegmentDecoder(endpoints.toolsDir),
};

/** Listening to recordings: the console's side. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule, RecordingsStorageModule],
  controllers: [RecordingsController, DeletionController, ReconciliationController],
  providers: [Playback, ReconciliationRepository, SealedAudioReader, Sounds, decoder],
  exports: [SealedAudioReader],
})
export class RecordingsModule {}
