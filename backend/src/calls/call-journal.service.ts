import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { appendJournal, isGoingOn, journalInstant } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';

type Untimed<T> = T extends unknown ? Omit<T, 'at'> : never;
export type UntimedEntry = Untimed<JournalEntry>;

/** Writes what the telephony process does to a call. A call never fails because its journal could not be written. */
@Injectable()
export class CallJournal {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * What comes too late is dropped: after `end` a call is filed and its journal taken away, which one more line would bring back. Only
   * `begin` makes a journal.
   */
  async write(callId: string, entry: UntimedEntry, at: Date = this.clock.now()): Promise<void> {
    const { spool } = this.settings.layout;
    try {
      if (entry.e === 'begin' || (await isGoingOn(spool, callId))) {
        await appendJournal(spool, callId, { ...entry, at: journalInstant(at) });
      } else {
        this.logger.info({ callId, entry: entry.e }, 'call is over, line not written');
      }
    } catch (error) {
      this.logger.error({ callId, entry: entry.e, error: String(error) }, 'journal not written');
    }
  }
}
