import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AmiCommands } from '../../asterisk/ami-commands.ts';
import { channelVariable } from '../../asterisk/dialplan-names.ts';
import { phoneCode } from '../../phones/phone-codes.ts';
import { Clock } from '../../platform/clock.ts';
import { CallJournal } from '../call-journal.service.ts';
import { ENDING_ARMED_SECONDS, endingArmedUntil, isEnding } from '../call-ending.ts';
import type { JournalEvent } from '../journal.schema.ts';
import { CallActHandlers, type CallInProgress } from './call-act-handlers.ts';
import type { Asker, CallActAnswer, CallActOf, CallActType } from './call-act.schema.ts';
import { ConversationChannels } from './conversation-channels.service.ts';
import { PhoneKeys } from './phone-keys.service.ts';

/**
 * Warnings and the end with an announcement, for users of the console. The dialplan does them (`announce`), because it must be able
 * to with no backend: here the phone's code is pressed in its place, and the journal tells whether it was done.
 */
@Injectable()
export class Announcing implements OnModuleInit {
  constructor(
    private readonly handlers: CallActHandlers,
    private readonly channels: ConversationChannels,
    private readonly ami: AmiCommands,
    private readonly keys: PhoneKeys,
    private readonly journal: CallJournal,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.enlist('warn', ({ warning }, call, by) => this.warn(call, by, warning));
    this.handlers.enlist('arm-ending', (_, call, by) => this.arm(call, by));
    this.handlers.enlist('cancel-ending', (_, call, by) => this.cancel(call, by));
    this.handlers.enlist('confirm-ending', (_, call, by) => this.confirm(call, by));
  }

  /** Has the office's side and the outside party hear a notice about how long the call has lasted. */
  async announceLength(call: CallInProgress, notice: 'long-call' | 'long-call-second'): Promise<CallActAnswer> {
    return this.pressAsBox(call, notice === 'long-call' ? '*#1' : '*#2', 'announcement');
  }

  /** The end stands ready without anybody having asked for it. */
  async armAsBox(call: CallInProgress): Promise<CallActAnswer> {
    if (this.isArmed(call)) return 'done';
    if ((await this.channels.phoneOf(call)) === null) return 'not-in-conversation';
    await this.armUntil(call);
    await this.journal.write(call.callId, { e: 'ending-armed' });
    return 'done';
  }

  /** Announces and ends a call, as the office has decided beforehand. */
  async endAsBox(call: CallInProgress): Promise<CallActAnswer> {
    await this.armUntil(call);
    return this.pressAsBox(call, phoneCode('end'), 'ending-confirmed');
  }

  private isArmed({ journal }: CallInProgress): boolean {
    const until = endingArmedUntil(journal);
    return until !== null && until > this.clock.now();
  }

  private async warn(call: CallInProgress, by: Asker, warning: CallActOf<'warn'>['warning']): Promise<CallActAnswer> {
    if ((await this.channels.phoneOf(call)) === null) return 'not-in-conversation';
    await this.asked(call, by, 'warn');
    return this.pressAsBox(call, phoneCode(warning === 'final' ? 'warn-final' : 'warn-recording'), 'announcement');
  }

  /** Repeated while it is armed, it changes nothing, so that a double click does not keep it armed. */
  private async arm(call: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (this.isArmed(call)) return 'done';
    if (isEnding(call.journal)) return 'announcing';
    if ((await this.channels.phoneOf(call)) === null) return 'not-in-conversation';
    await this.armUntil(call);
    await this.journal.write(call.callId, { e: 'ending-armed', user: by.userId, userName: by.name });
    return 'done';
  }

  /** Should the time run out while the keys are on their way, the dialplan would arm it again: it is armed anew before. */
  private async confirm(call: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (!this.isArmed(call)) return 'ending-not-armed';
    if ((await this.channels.phoneOf(call)) === null) return 'not-in-conversation';
    await this.armUntil(call);
    await this.asked(call, by, 'confirm-ending');
    return this.pressAsBox(call, phoneCode('end'), 'ending-confirmed');
  }

  private async asked({ callId }: CallInProgress, by: Asker, act: CallActType): Promise<void> {
    await this.journal.write(callId, { e: 'asked', act, user: by.userId, userName: by.name });
  }

  private async armUntil({ channelId }: CallInProgress): Promise<void> {
    const until = Math.floor(this.clock.now().getTime() / 1000) + ENDING_ARMED_SECONDS;
    await this.ami.setVariable(channelId, channelVariable.ending, String(until));
  }

  private async cancel(call: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (isEnding(call.journal)) return 'ending-under-way';
    if (!this.isArmed(call)) return 'done';
    await this.ami.setVariable(call.channelId, channelVariable.ending, '0');
    await this.journal.write(call.callId, { e: 'ending-cancelled', user: by.userId, userName: by.name });
    return 'done';
  }

  private async pressAsBox(call: CallInProgress, code: string, shows: JournalEvent): Promise<CallActAnswer> {
    const phone = await this.channels.phoneOf(call);
    if (!phone) return 'not-in-conversation';
    await this.ami.setVariable(call.channelId, channelVariable.askedFor, '1');
    const answer = await this.keys.press(call, phone, code, shows);
    // Not understood: the next code that the phone presses itself is its own.
    if (answer !== 'done') await this.ami.setVariable(call.channelId, channelVariable.askedFor, '');
    return answer;
  }
}
