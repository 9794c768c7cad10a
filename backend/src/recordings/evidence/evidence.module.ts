import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.ts';
import { LogReadingModule } from '../../audit/log-reading.module.ts';
import { CallsModule } from '../../calls/calls.module.ts';
import { RecordingsModule } from '../recordings.module.ts';
import { EvidenceController } from './evidence.controller.ts';
import { EvidenceService } from './evidence.service.ts';

/** Evidence packages. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule, CallsModule, LogReadingModule, RecordingsModule],
  controllers: [EvidenceController],
  providers: [EvidenceService],
})
export class EvidenceModule {}
