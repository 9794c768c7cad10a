import { Injectable } from '@nestjs/common';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import { channelVariable, phoneEndpoint } from '../../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import { talkingPhone } from '../talking-phone.ts';
import type { CallInProgress } from './call-act-handlers.ts';

/** The phone that talks in a call: as the office knows it, and as Asterisk does. */
export interface TalkingPhone {
  phoneId: string;
  extension: string;
  channelId: string;
  channelName: string;
}

/** Finds the channels of a conversation. */
@Injectable()
export class ConversationChannels {
  constructor(
    private readonly ari: AriCommands,
    private readonly configuration: ConfigurationInForce,
  ) {}

  /** @returns null when no phone is in the conversation */
  async phoneOf({ callId, journal }: CallInProgress): Promise<TalkingPhone | null> {
    const phoneId = talkingPhone(journal);
    const extension = this.configuration.document?.phones.find(({ id }) => id === phoneId)?.extension;
    if (phoneId === null || extension === undefined) return null;
    const channels = await this.ari.channels();
    for (const { id, name } of channels.filter(({ name }) => name.startsWith(`PJSIP/${phoneEndpoint(extension)}-`))) {
      const call = await this.ari.variable(id, channelVariable.call);
      if (call === callId) return { phoneId, extension, channelId: id, channelName: name };
    }
    return null;
  }
}
