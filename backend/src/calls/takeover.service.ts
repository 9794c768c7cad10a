import { Injectable } from '@nestjs/common';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { callFact, channelVariable, SHARED_CALL } from '../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { Settings } from '../platform/settings.ts';
import { CallJournal } from './call-journal.service.ts';
import { namesIn } from './call-names.ts';
import { tellsPresent } from './conversation.ts';
import { readJournal } from './journal.ts';
import { RecordingControl } from './recording-control.service.ts';

export interface TakenOver {
  callId: string;
  /** Channel of the outside party, whose recorder runs. */
  outsideChannelId: string;
  takerChannelId: string;
  /** Phone ids. `from`: null when it is not known who spoke before. */
  from: string | null;
  to: string;
  /** Absent = now, because it was only found. */
  at?: Date;
}

/**
 * What is done when another phone has taken over a conversation without the dialplan taking notice: the recorder starts
 * anew, the journal is told, and the phone belongs to the call from now on, so that its hang-up is journalled there.
 */
@Injectable()
export class Takeover {
  /** An event can tell what a look has found at the same moment. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly ami: AmiCommands,
    private readonly configuration: ConfigurationInForce,
    private readonly journal: CallJournal,
    private readonly settings: Settings,
    private readonly recording: RecordingControl,
  ) {}

  /** Settles when it is done; what has been done already is left as it is. */
  async follow(taken: TakenOver): Promise<void> {
    const done = this.last.then(() => this.once(taken));
    this.last = done.catch(() => undefined);
    return done;
  }

  private async once(taken: TakenOver): Promise<void> {
    const { callId, to } = taken;
    const entries = await readJournal(this.settings.layout.spool, callId);
    if (tellsPresent(entries, namesIn(this.configuration.document)).has(to)) return;
    // First of all: until then the office's side may be missing from the recording.
    await this.recording.takenOver(taken.outsideChannelId, callId, to, entries);
    await this.tell(taken);
    await this.ami.setVariable(taken.takerChannelId, channelVariable.call, callId);
    await this.ami.setVariable(taken.takerChannelId, SHARED_CALL, callId);
    for (const fact of [callFact.talking, callFact.answeredBy])
      await this.ami.setVariable(taken.outsideChannelId, fact(callId), to);
  }

  private async tell({ callId, from, to, at }: TakenOver): Promise<void> {
    if (from === null) await this.journal.write(callId, { e: 'answered', phone: to }, at);
    else await this.journal.write(callId, { e: 'transferred', phone: from, to, ...(at ? {} : { found: 'later' }) }, at);
  }
}
