import { Injectable } from '@nestjs/common';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import { callInExtension, TELLING_CONTEXT } from '../../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import { isSupervisorOf } from '../../desks/desk.schema.ts';
import type { CallInProgress } from '../acts/call-act-handlers.ts';
import type { TalkingPhone } from '../acts/conversation-channels.service.ts';
import type { JournalEntry } from '../journal.schema.ts';

/** @returns whether a supervisor is at the conversation of a call by its journal */
export function isSupervised(journal: readonly JournalEntry[]): boolean {
  const there = new Set<string>();
  for (const entry of journal) {
    if (entry.e === 'supervision') there.add(entry.phone);
    else if (entry.e === 'supervision-ended') there.delete(entry.phone);
  }
  return there.size > 0;
}

/** Rings those who may listen to a call that lasts long, so that they need not sit before the live board. */
@Injectable()
export class SupervisorTelling {
  constructor(
    private readonly ari: AriCommands,
    private readonly configuration: ConfigurationInForce,
  ) {}

  /**
   * Comes back as soon as the dialplan has begun: who rings, who is told and that nobody was stands in the journal. Nobody is rung
   * while one of them is at the call already.
   * @throws AriError, AsteriskUnreachableError
   */
  async begin({ callId, journal }: CallInProgress, talking: TalkingPhone): Promise<void> {
    const { phones = [], desks = [] } = this.configuration.document ?? {};
    if (isSupervised(journal) || !phones.some(({ id }) => isSupervisorOf(desks, id, talking.phoneId))) return;
    const extension = `${talking.extension}_${callInExtension(callId)}`;
    await this.ari.begin({ context: TELLING_CONTEXT, extension });
  }
}
