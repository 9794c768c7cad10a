import { Injectable } from '@nestjs/common';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import { channelVariable, PBX_ENDPOINT, phoneEndpoint } from '../../asterisk/dialplan-names.ts';
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
    const phone = this.configuration.document?.phones.find(({ id }) => id === phoneId);
    if (phoneId === null || !phone) return null;
    const { extension, type } = phone;
    // Calls that a phone behind the pbx has made are the pbx's channels.
    const endpoints = [phoneEndpoint(extension), ...(type === 'pbx' ? [PBX_ENDPOINT] : [])];
    const channels = await this.ari.channels();
    for (const { id, name } of channels) {
      if (!endpoints.some((endpoint) => name.startsWith(`PJSIP/${endpoint}-`))) continue;
      const call = await this.ari.variable(id, channelVariable.conversation);
      if (call === callId) return { phoneId, extension, channelId: id, channelName: name };
    }
    return null;
  }
}
