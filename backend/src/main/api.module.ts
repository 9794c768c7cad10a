import { Module } from '@nestjs/common';
import { LogReadingModule } from '../audit/log-reading.module.ts';
import { WitnessModule } from '../audit/witness/witness.module.ts';
import { BlockRulesModule } from '../blocklist/block-rules.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { ConfigurationModule } from '../configuration/configuration.module.ts';
import { HealthModule } from '../health/health.module.ts';
import { NoticeAudioModule } from '../notices/notice-audio.module.ts';
import { PeopleModule } from '../people/people.module.ts';
import { PhonesModule } from '../phones/phones.module.ts';
import { CaCertificateController } from '../platform/http/ca-certificate.controller.ts';
import { OpenApiController } from '../platform/http/openapi.controller.ts';
import { EvidenceModule } from '../recordings/evidence/evidence.module.ts';
import { ExportsModule } from '../recordings/export/exports.module.ts';
import { RecordingsModule } from '../recordings/recordings.module.ts';
import { RoutingModule } from '../routing/routing.module.ts';
import { SchedulesModule } from '../schedules/schedules.module.ts';
import { TrunksModule } from '../trunks/trunks.module.ts';

/** Every room that has routes. */
@Module({
  imports: [
    PeopleModule,
    BlockRulesModule,
    PhonesModule,
    CallsModule,
    ConfigurationModule,
    HealthModule,
    RecordingsModule,
    EvidenceModule,
    ExportsModule,
    LogReadingModule,
    NoticeAudioModule,
    RoutingModule,
    SchedulesModule,
    TrunksModule,
    WitnessModule,
  ],
  controllers: [OpenApiController, CaCertificateController],
})
export class ApiModule {}
