import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { appendJournal, journalInstant } from './journal.ts';
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

  async write(callId: string, entry: UntimedEntry, at: Date = this.clock.now()): Promise<void> {
    try {
      await appendJournal(this.settings.layout.spool, callId, { ...entry, at: journalInstant(at) });
    } catch (error) {
      this.logger.error({ callId, entry: entry.e, error: String(error) }, 'journal not written');
    }
  }
}
