import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CallJournal } from '../call-journal.service.ts';
import { isMarked } from '../call-marks.ts';
import { CallActHandlers, type CallInProgress } from './call-act-handlers.ts';
import type { Asker, CallActAnswer } from './call-act.schema.ts';

/** Marks a call in progress as harassment, or takes the mark back. Repeated, it changes nothing. */
@Injectable()
export class Marking implements OnModuleInit {
  constructor(
    private readonly handlers: CallActHandlers,
    private readonly journal: CallJournal,
  ) {}

  onModuleInit(): void {
    this.handlers.enlist('mark', (_, call, by) => this.set(call, by, true));
    this.handlers.enlist('unmark', (_, call, by) => this.set(call, by, false));
  }

  private async set({ callId, journal }: CallInProgress, by: Asker, marked: boolean): Promise<CallActAnswer> {
    if (isMarked(journal) === marked) return 'done';
    const e = marked ? 'marked' : 'unmarked';
    await this.journal.write(callId, { e, user: by.userId, userName: by.name });
    return 'done';
  }
}
