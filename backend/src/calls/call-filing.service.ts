import { Injectable } from '@nestjs/common';
import { MessageSender } from '../platform/messages.ts';
import { Settings } from '../platform/settings.ts';
import { CallNames } from './call-names.ts';
import { CallEntity } from './call.entity.ts';
import { CallRepository } from './call.repository.ts';
import { readJournal } from './journal.ts';
import { reduceJournal } from './reduce-journal.ts';

/** Brings the row of a call up to its journal. Safe to repeat, and to do in two processes at once. */
@Injectable()
export class CallFiling {
  constructor(
    private readonly settings: Settings,
    private readonly names: CallNames,
    private readonly calls: CallRepository,
    private readonly messages: MessageSender,
  ) {}

  /** @returns the row as it is after filing; null when the spool has no journal of the call */
  async file(callId: string): Promise<CallEntity | null> {
    const journal = await readJournal(this.settings.layout.spool, callId);
    const facts = reduceJournal(callId, journal, await this.names.current());
    if (!facts) return null;
    const changed = await this.calls.file(facts, journal);
    if (changed) await this.messages.send({ kind: 'call', callId });
    return this.calls.findById(callId);
  }
}
