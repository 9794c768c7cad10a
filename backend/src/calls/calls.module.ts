import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { PeopleModule } from '../people/people.module.ts';
import { CallFilingModule } from './call-filing.module.ts';
import { CallDetails } from './call-details.service.ts';
import { CallSearchRepository } from './call-search.repository.ts';
import { CallSearchService } from './call-search.service.ts';
import { CallsController, LiveCallsController } from './calls.controller.ts';
import { LiveCalls } from './live-calls.service.ts';
import { LiveCallsStream } from './live-calls.stream.ts';

/** Calls as the API shows them. */
@Module({
  imports: [AuditModule, PeopleModule, CallFilingModule],
  controllers: [LiveCallsController, CallsController],
  providers: [CallDetails, CallSearchRepository, CallSearchService, LiveCalls, LiveCallsStream],
  exports: [CallDetails],
})
export class CallsModule {}
