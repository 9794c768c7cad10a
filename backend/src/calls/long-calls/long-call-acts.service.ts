import { Injectable } from '@nestjs/common';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import { channelVariable, phoneEndpoint } from '../../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import type { LongCallAct } from '../../desks/long-calls.schema.ts';
import { namesIn } from '../call-names.ts';
import { tellsPresent } from '../conversation.ts';
import type { JournalEntry } from '../journal.schema.ts';
import { StaffVoice } from './staff-voice.service.ts';

export interface LongCall {
  callId: string;
  journal: readonly JournalEntry[];
}

/** `later` = not at the moment: nobody is there who could hear it, or everybody is on hold. */
export type LongCallResult = 'done' | 'later';

const STAFF_PROMPT = 'staff-long-call';

/** Carries out what is due when a call lasts long. */
@Injectable()
export class LongCallActs {
  constructor(
    private readonly ari: AriCommands,
    private readonly configuration: ConfigurationInForce,
    private readonly voice: StaffVoice,
  ) {}

  /** @throws when Asterisk could not do it */
  async perform(act: LongCallAct, call: LongCall): Promise<LongCallResult> {
    switch (act) {
      case 'tell-staff':
        return this.tellStaff(call);
      // The line in the journal is what the live board shows.
      case 'tell-supervisor':
        return 'done';
    }
  }

  private async tellStaff(call: LongCall): Promise<LongCallResult> {
    const channelId = await this.talkingChannel(call);
    if (channelId === null) return 'later';
    await this.voice.say(channelId, STAFF_PROMPT);
    return 'done';
  }

  /** @returns channel of the phone that talks; null while it holds, or when there is none */
  private async talkingChannel({ callId, journal }: LongCall): Promise<string | null> {
    const { document } = this.configuration;
    const present = [...tellsPresent(journal, namesIn(document))];
    const phoneId = present.findLast(([, holding]) => !holding)?.[0];
    const extension = document?.phones.find(({ id }) => id === phoneId)?.extension;
    if (extension === undefined) return null;
    const prefix = `PJSIP/${phoneEndpoint(extension)}-`;
    for (const { id, name } of await this.ari.channels()) {
      if (name.startsWith(prefix) && (await this.ari.variable(id, channelVariable.call)) === callId) return id;
    }
    return null;
  }
}
