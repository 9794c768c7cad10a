import { Injectable } from '@nestjs/common';
import type { JournalEntry } from '../journal.schema.ts';
import { isAnnouncing } from '../conversation.ts';
import { recorderFacts } from '../recorder-health.ts';
import type { Asker, CallAct, CallActAnswer, CallActOf, CallActType } from './call-act.schema.ts';

/** A call that has not ended, as its journal tells. */
export interface CallInProgress {
  callId: string;
  /** Asterisk's id of the channel that is recorded: of the outside party, or of the phone that calls while there is none. */
  channelId: string;
  journal: readonly JournalEntry[];
}

/** @returns null when the journal does not tell of a call */
export function callInProgress(callId: string, journal: readonly JournalEntry[]): CallInProgress | null {
  const { channelId } = recorderFacts(journal);
  return channelId === '' ? null : { callId, channelId, journal };
}

export type CallActHandler<T extends CallActType> = (
  act: CallActOf<T>,
  call: CallInProgress,
  by: Asker,
) => Promise<CallActAnswer>;

/** Nothing is said into a call for help, and it stays where it is: there its phone has no codes for these either. */
const NOT_IN_EMERGENCIES: ReadonlySet<CallActType> = new Set([
  ...(['warn', 'arm-ending', 'confirm-ending', 'transfer', 'park'] as const),
]);

/** Whoever is hearing an announcement cannot be sent elsewhere, Asterisk would end the call; another one would be played later, unasked. */
const NOT_WHILE_ANNOUNCING: ReadonlySet<CallActType> = new Set([
  ...(['warn', 'confirm-ending', 'transfer', 'park'] as const),
]);

const isEmergency = (journal: readonly JournalEntry[]): boolean => journal.some(({ e }) => e === 'emergency');

/** Who does what: each room of the telephony process enlists for its acts when it starts. */
@Injectable()
export class CallActHandlers {
  private readonly handlers = new Map<CallActType, CallActHandler<CallActType>>();

  enlist<T extends CallActType>(type: T, handler: CallActHandler<T>): void {
    this.handlers.set(type, (act, call, by) => handler(act as CallActOf<T>, call, by));
  }

  /** @throws what the handler throws, and when nobody has enlisted */
  async perform(act: CallAct, call: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (NOT_IN_EMERGENCIES.has(act.type) && isEmergency(call.journal)) return 'emergency-call';
    if (NOT_WHILE_ANNOUNCING.has(act.type) && isAnnouncing(call.journal)) return 'announcing';
    const handler = this.handlers.get(act.type);
    if (!handler) throw new Error(`nobody does ${act.type}`);
    return handler(act, call, by);
  }
}
