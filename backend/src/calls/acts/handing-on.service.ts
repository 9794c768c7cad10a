import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AmiCommands } from '../../asterisk/ami-commands.ts';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import {
  callInExtension,
  PARKED_CONTEXT,
  phoneEndpoint,
  PICK_UP_CONTEXT,
  TRANSFER_CONTEXT,
} from '../../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import { phoneCode } from '../../phones/phone-codes.ts';
import type { Phone } from '../../phones/phone.schema.ts';
import { CallJournal } from '../call-journal.service.ts';
import { parkedAt } from '../talking-phone.ts';
import { CallActHandlers, type CallInProgress } from './call-act-handlers.ts';
import type { Asker, CallActAnswer, CallActOf, CallActType } from './call-act.schema.ts';
import { ConversationChannels } from './conversation-channels.service.ts';
import { PhoneKeys } from './phone-keys.service.ts';

/** Transfers, parks and picks up for users of the console, in the ways of the phones' own codes. */
@Injectable()
export class HandingOn implements OnModuleInit {
  constructor(
    private readonly handlers: CallActHandlers,
    private readonly channels: ConversationChannels,
    private readonly configuration: ConfigurationInForce,
    private readonly ami: AmiCommands,
    private readonly ari: AriCommands,
    private readonly keys: PhoneKeys,
    private readonly journal: CallJournal,
  ) {}

  onModuleInit(): void {
    this.handlers.enlist('transfer', (act, call, by) => this.transfer(act, call, by));
    this.handlers.enlist('park', (_, call, by) => this.park(call, by));
    this.handlers.enlist('pick-up', ({ phone }, call, by) => this.pickUp(call, by, phone));
  }

  private async transfer(
    { to, askFirst }: CallActOf<'transfer'>,
    call: CallInProgress,
    by: Asker,
  ): Promise<CallActAnswer> {
    const target = this.phone(to);
    if (!target) return 'phone-unknown';
    const phone = await this.channels.phoneOf(call);
    if (!phone) return 'not-in-conversation';
    if (phone.phoneId === to) return 'done';
    await this.asked(call, by, 'transfer');
    if (askFirst) return this.keys.press(call, phone, `${phoneCode('attended-transfer')}${target.extension}`, 'asking');
    await this.ami.redirect(call.channelId, TRANSFER_CONTEXT, phoneEndpoint(target.extension));
    return 'done';
  }

  private async park(call: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (parkedAt(call.journal) !== null) return 'done';
    if ((await this.channels.phoneOf(call)) === null) return 'not-in-conversation';
    await this.asked(call, by, 'park');
    await this.ami.redirect(call.channelId, PARKED_CONTEXT, 's');
    return 'done';
  }

  /** Another call may have the place by the time when the phone answers, so the call is named. */
  private async pickUp(call: CallInProgress, by: Asker, phoneId: string): Promise<CallActAnswer> {
    const phone = this.phone(phoneId);
    if (!phone) return 'phone-unknown';
    const slot = parkedAt(call.journal);
    if (slot === null) return 'not-parked';
    await this.asked(call, by, 'pick-up');
    const place = { context: PICK_UP_CONTEXT, extension: `${slot}_${callInExtension(call.callId)}` };
    await this.ari.ring(phoneEndpoint(phone.extension), place, `<${phoneCode('pick-up')}${slot}>`);
    return 'done';
  }

  private phone(phoneId: string): Phone | undefined {
    return this.configuration.document?.phones.find(({ id }) => id === phoneId);
  }

  private async asked({ callId }: CallInProgress, by: Asker, act: CallActType): Promise<void> {
    await this.journal.write(callId, { e: 'asked', act, user: by.userId, userName: by.name });
  }
}
