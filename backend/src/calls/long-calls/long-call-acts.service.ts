import { Injectable } from '@nestjs/common';
import type { LongCallAct, LongCalls } from '../../desks/long-calls.schema.ts';
import { Announcing } from '../acts/announcing.service.ts';
import type { CallInProgress } from '../acts/call-act-handlers.ts';
import type { CallActAnswer } from '../acts/call-act.schema.ts';
import { ConversationChannels } from '../acts/conversation-channels.service.ts';
import { isAnnouncing, tellsPresent } from '../conversation.ts';
import { namesIn } from '../call-names.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import { noticeOf } from './long-call.ts';
import { StaffVoice } from './staff-voice.service.ts';
import { SupervisorTelling } from './supervisor-telling.service.ts';

/** `later` = not at the moment: nobody is there who could hear it, or everybody is on hold. */
export type LongCallResult = 'done' | 'later';

const STAFF_PROMPT = 'staff-long-call';

/** Carries out what is due when a call lasts long. */
@Injectable()
export class LongCallActs {
  constructor(
    private readonly channels: ConversationChannels,
    private readonly announcing: Announcing,
    private readonly configuration: ConfigurationInForce,
    private readonly voice: StaffVoice,
    private readonly supervisors: SupervisorTelling,
  ) {}

  /** @throws when Asterisk could not do it */
  async perform(act: LongCallAct, call: CallInProgress, { supervisorsRing }: LongCalls): Promise<LongCallResult> {
    // The line in the journal is what the live board shows.
    if (act === 'tell-supervisor' && supervisorsRing === false) return 'done';
    const phone = await this.channels.phoneOf(call);
    if (!phone) return 'later';
    if (act === 'tell-supervisor') {
      await this.supervisors.begin(call, phone);
      return 'done';
    }
    if (this.isHolding(call, phone.phoneId) || isAnnouncing(call.journal)) return 'later';
    switch (act) {
      case 'tell-staff':
        await this.voice.say(phone.channelId, STAFF_PROMPT);
        return 'done';
      case 'announce':
        return resultOf(await this.announcing.announceLength(call, noticeOf(call.journal)));
      case 'arm-ending':
        return resultOf(await this.announcing.armAsBox(call));
    }
  }

  /** @throws when Asterisk could not do it */
  async end(call: CallInProgress): Promise<LongCallResult> {
    return resultOf(await this.announcing.endAsBox(call));
  }

  private isHolding({ journal }: CallInProgress, phoneId: string): boolean {
    return tellsPresent(journal, namesIn(this.configuration.document)).get(phoneId) ?? false;
  }
}

function resultOf(answer: CallActAnswer): LongCallResult {
  if (answer === 'done') return 'done';
  if (answer === 'not-in-conversation') return 'later';
  throw new Error(answer);
}
