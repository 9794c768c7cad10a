import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import { callInExtension, phoneEndpoint, SUPERVISION_CONTEXT } from '../../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import { isSupervisorOf } from '../../desks/desk.schema.ts';
import { CallJournal } from '../call-journal.service.ts';
import { CallActHandlers, type CallInProgress } from './call-act-handlers.ts';
import type { Asker, CallActAnswer, CallActOf } from './call-act.schema.ts';
import { ConversationChannels } from './conversation-channels.service.ts';

/** What follows `*3` on a phone. */
const MODE_KEY = { listen: '1', whisper: '2', join: '3' } as const;

/** Rings a supervisor's phone and puts it to a conversation, as if the supervisor had dialled the code. */
@Injectable()
export class Supervising implements OnModuleInit {
  constructor(
    private readonly handlers: CallActHandlers,
    private readonly channels: ConversationChannels,
    private readonly configuration: ConfigurationInForce,
    private readonly ari: AriCommands,
    private readonly journal: CallJournal,
  ) {}

  onModuleInit(): void {
    this.handlers.enlist('supervise', (act, call, by) => this.supervise(act, call, by));
  }

  private async supervise(
    { phone: supervisorId, mode }: CallActOf<'supervise'>,
    call: CallInProgress,
    by: Asker,
  ): Promise<CallActAnswer> {
    const { phones = [], desks = [] } = this.configuration.document ?? {};
    const supervisor = phones.find(({ id }) => id === supervisorId);
    if (!supervisor) return 'phone-unknown';
    const phone = await this.channels.phoneOf(call);
    if (!phone) return 'not-in-conversation';
    if (!isSupervisorOf(desks, supervisorId, phone.phoneId)) return 'not-a-supervisor';
    await this.journal.write(call.callId, { e: 'asked', act: 'supervise', user: by.userId, userName: by.name });
    // By the time when the supervisor answers, the phone may be in another call.
    const extension = `${MODE_KEY[mode]}${phone.extension}_${callInExtension(call.callId)}`;
    const place = { context: SUPERVISION_CONTEXT, extension };
    await this.ari.ring(phoneEndpoint(supervisor.extension), place, `<${phone.extension}>`);
    return 'done';
  }
}
