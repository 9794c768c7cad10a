import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AmiCommands } from '../../asterisk/ami-commands.ts';
import { channelVariable, PARKED_CONTEXT, phoneEndpoint, TRANSFER_CONTEXT } from '../../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import { CallJournal } from '../call-journal.service.ts';
import { parkedAt } from '../talking-phone.ts';
import { CallActHandlers, type CallInProgress } from './call-act-handlers.ts';
import type { Asker, CallActAnswer } from './call-act.schema.ts';
import { ConversationChannels } from './conversation-channels.service.ts';

/** Transfers and parks for users of the console: the call's channel is sent where the phones' own codes send it. */
@Injectable()
export class HandingOn implements OnModuleInit {
  constructor(
    private readonly handlers: CallActHandlers,
    private readonly channels: ConversationChannels,
    private readonly configuration: ConfigurationInForce,
    private readonly ami: AmiCommands,
    private readonly journal: CallJournal,
  ) {}

  onModuleInit(): void {
    this.handlers.enlist('transfer', ({ to }, call, by) => this.transfer(call, by, to));
    this.handlers.enlist('park', (_, call, by) => this.park(call, by));
  }

  private async transfer(call: CallInProgress, by: Asker, to: string): Promise<CallActAnswer> {
    const target = this.configuration.document?.phones.find(({ id }) => id === to);
    if (!target) return 'phone-unknown';
    const phone = await this.channels.phoneOf(call);
    if (!phone) return 'not-in-conversation';
    if (phone.phoneId === to) return 'done';
    await this.asked(call, by, 'transfer');
    await this.ami.setVariable(call.channelId, channelVariable.blindTransfer, phone.channelName);
    await this.ami.redirect(call.channelId, TRANSFER_CONTEXT, phoneEndpoint(target.extension));
    return 'done';
  }

  private async park(call: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (parkedAt(call.journal) !== null) return 'done';
    const phone = await this.channels.phoneOf(call);
    if (!phone) return 'not-in-conversation';
    await this.asked(call, by, 'park');
    await this.ami.setVariable(call.channelId, channelVariable.parkedBy, phoneEndpoint(phone.extension));
    await this.ami.redirect(call.channelId, PARKED_CONTEXT, 's');
    return 'done';
  }

  private async asked({ callId }: CallInProgress, by: Asker, act: 'transfer' | 'park'): Promise<void> {
    await this.journal.write(callId, { e: 'asked', act, user: by.userId, userName: by.name });
  }
}
