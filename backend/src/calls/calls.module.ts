import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { PeopleModule } from '../people/people.module.ts';
import { PhonesModule } from '../phones/phones.module.ts';
import { CallActs } from './acts/call-acts.service.ts';
import { CallActsController } from './acts/call-acts.controller.ts';
import { CallPhonesService } from './acts/call-phones.service.ts';
import { RecordingActsController } from './acts/recording-acts.controller.ts';
import { CallFilingModule } from './call-filing.module.ts';
import { CallDetails } from './call-details.service.ts';
import { CallMarks } from './call-marks.service.ts';
import { CallSearchRepository } from './call-search.repository.ts';
import { CallSearchService } from './call-search.service.ts';
import { CallsController, LiveCallsController } from './calls.controller.ts';
import { LiveCalls } from './live-calls.service.ts';
import { LiveCallsStream } from './live-calls.stream.ts';

/** Calls as the API shows them. */
@Module({
  imports: [AuditModule, ConfigurationVersionModule, PeopleModule, PhonesModule, CallFilingModule],
  controllers: [LiveCallsController, CallsController, CallActsController, RecordingActsController],
  providers: [
    CallActs,
    CallPhonesService,
    CallDetails,
    CallMarks,
    CallSearchRepository,
    CallSearchService,
    LiveCalls,
    LiveCallsStream,
  ],
  exports: [CallActs, CallDetails],
})
export class CallsModule {}
