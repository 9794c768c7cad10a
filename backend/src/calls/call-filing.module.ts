import { Module } from '@nestjs/common';
import { CallFiling } from './call-filing.service.ts';
import { CallNames } from './call-names.ts';
import { CallRepository } from './call.repository.ts';

/** Filing calls from their journals: for the telephony process and the worker. Stands on `PlatformModule`. */
@Module({ providers: [CallFiling, CallNames, CallRepository], exports: [CallFiling, CallNames, CallRepository] })
export class CallFilingModule {}
