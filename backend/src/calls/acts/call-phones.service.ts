import { Injectable } from '@nestjs/common';
import { ConfigurationVersionRepository } from '../../configuration/configuration-version.repository.ts';
import { type Desk, isSupervisorOf } from '../../desks/desk.schema.ts';
import { PhoneSettingsService } from '../../phones/phone-settings.service.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { CallRepository } from '../call.repository.ts';
import type { JournalEntry } from '../journal.schema.ts';
import { talkingPhone } from '../talking-phone.ts';
import { CallOverError } from './call-act.errors.ts';
import type { CallPhone, CallPhones } from './call-phones.schema.ts';

/** @param talking id of the phone that talks; null while there is none */
export function callPhones(phones: readonly CallPhone[], desks: readonly Desk[], talking: string | null): CallPhones {
  return {
    talking: phones.find(({ id }) => id === talking) ?? null,
    others: phones.filter(({ id }) => id !== talking),
    supervisors: talking === null ? [] : phones.filter(({ id }) => isSupervisorOf(desks, id, talking)),
  };
}

/** Which phones can be brought into a call in progress. */
@Injectable()
export class CallPhonesService {
  constructor(
    private readonly calls: CallRepository,
    private readonly versions: ConfigurationVersionRepository,
    private readonly phones: PhoneSettingsService,
  ) {}

  /** @throws NotFoundError, CallOverError */
  async of(callId: string): Promise<CallPhones> {
    const call = await this.calls.findById(callId);
    if (!call) throw new NotFoundError();
    if (call.endedAt) throw new CallOverError();
    const [newest, { phones }] = await Promise.all([this.versions.newest(), this.phones.states()]);
    const known = phones.map(({ id, name, extension, state }) => ({ id, name, extension, state }));
    return callPhones(known, newest?.document.desks ?? [], talkingPhone(call.journal as JournalEntry[]));
  }
}
