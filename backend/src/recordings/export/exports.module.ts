import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.ts';
import { CallSearchRepository } from '../../calls/call-search.repository.ts';
import { Settings } from '../../platform/settings.ts';
import { RecordingsStorageModule } from '../vault/recordings-storage.module.ts';
import { AudioConversion } from './audio-conversion.ts';
import { ExportDownloads } from './export-downloads.service.ts';
import { ExportSource } from './export-source.ts';
import { ExportRepository } from './export.repository.ts';
import { ExportsController } from './exports.controller.ts';
import { Exports } from './exports.service.ts';
import { HeldPassphrases } from './held-passphrases.ts';
import { PassphraseEncryption } from './passphrase-encryption.ts';

const byTools = <T>(provide: new (toolsDir: string) => T) => ({
  ...{ provide, inject: [Settings] },
  useFactory: ({ endpoints }: Settings) => new provide(endpoints.toolsDir),
});

/** Recordings that leave the box. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule, RecordingsStorageModule],
  controllers: [ExportsController],
  providers: [
    byTools(AudioConversion),
    byTools(PassphraseEncryption),
    ...[CallSearchRepository, ExportRepository, ExportSource, Exports, ExportDownloads, HeldPassphrases],
  ],
})
export class ExportsModule {}
