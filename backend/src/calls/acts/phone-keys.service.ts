import { Injectable } from '@nestjs/common';
import { AmiCommands } from '../../asterisk/ami-commands.ts';
import { Settings } from '../../platform/settings.ts';
import { readJournal } from '../journal.ts';
import type { JournalEvent } from '../journal.schema.ts';
import type { CallInProgress } from './call-act-handlers.ts';
import type { CallActAnswer } from './call-act.schema.ts';
import type { TalkingPhone } from './conversation-channels.service.ts';

/** A few keys and the journal's line after them take about half a second. */
const SEEN_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 50;

/** Presses codes in a phone's place: what they do is the dialplan's, because it must be able to with no backend. */
@Injectable()
export class PhoneKeys {
  constructor(
    private readonly ami: AmiCommands,
    private readonly settings: Settings,
  ) {}

  /**
   * @param shows what the journal tells when the dialplan has understood
   * @throws ChannelGoneError
   */
  async press(
    { callId, journal }: CallInProgress,
    phone: TalkingPhone,
    keys: string,
    shows: JournalEvent,
  ): Promise<CallActAnswer> {
    const count = (entries: CallInProgress['journal']) => entries.filter(({ e }) => e === shows).length;
    await this.ami.press(phone.channelId, keys);
    const until = performance.now() + SEEN_WITHIN_MS;
    while (performance.now() < until) {
      if (count(await readJournal(this.settings.layout.spool, callId)) > count(journal)) return 'done';
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return 'call-act-failed';
  }
}
