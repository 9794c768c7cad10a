import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { filter, firstValueFrom, map, of, timeout } from 'rxjs';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { Clock } from '../../platform/clock.ts';
import { NotFoundError } from '../../platform/errors.ts';
import type { Who } from '../../platform/http/who.ts';
import { type Message, MessageReceiver, MessageSender } from '../../platform/messages.ts';
import { CallRepository } from '../call.repository.ts';
import { CallOverError, refusalError, TelephonyAwayError } from './call-act.errors.ts';
import { type CallAct, CallActAnswer } from './call-act.schema.ts';

/** Ringing a phone or handing on a call takes a moment; a person who clicks does not wait longer. */
const ANSWER_WITHIN_MS = 4000;

type Answer = Extract<Message, { kind: 'call-act-answer' }>;

/** Asks the telephony process to act on a call in progress, and waits for its answer. */
@Injectable()
export class CallActs {
  constructor(
    private readonly calls: CallRepository,
    private readonly sender: MessageSender,
    private readonly receiver: MessageReceiver,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * Audited as `call.<type>` before it is asked for: what cannot be written down is not done.
   * @throws NotFoundError, CallOverError, TelephonyAwayError, or what `refusalError` makes of the answer
   */
  async ask(callId: string, act: CallAct, who: Who, remoteAddress: string | null): Promise<void> {
    const call = await this.calls.findById(callId);
    if (!call) throw new NotFoundError();
    if (call.endedAt) throw new CallOverError();
    const { type, ...detail } = act;
    await this.audit.record({ userId: who.userId, action: `call.${type}`, subject: callId, detail, remoteAddress });
    const answer = await this.answerTo(callId, act, who);
    if (answer === null) throw new TelephonyAwayError();
    if (answer !== 'done') throw refusalError(answer);
  }

  /** @returns null when nobody answers in time; who comes to it later does not act any more */
  private async answerTo(callId: string, act: CallAct, { userId, name }: Who): Promise<CallActAnswer | null> {
    const ask = randomUUID();
    const answer = firstValueFrom(
      this.receiver.messages$.pipe(
        filter((message): message is Answer => message.kind === 'call-act-answer' && message.ask === ask),
        map((message) => CallActAnswer.parse(message.answer)),
        timeout({ first: ANSWER_WITHIN_MS, with: () => of(null) }),
      ),
    );
    const until = this.clock.now().getTime() + ANSWER_WITHIN_MS;
    await this.sender.send({ kind: 'call-act', ask, callId, act, by: { userId, name }, until });
    return answer;
  }
}
