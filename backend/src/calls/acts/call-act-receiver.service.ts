import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { Clock } from '../../platform/clock.ts';
import { Logger } from '../../platform/logging.ts';
import { type Message, MessageReceiver, MessageSender } from '../../platform/messages.ts';
import { Settings } from '../../platform/settings.ts';
import { isOver, readJournal } from '../journal.ts';
import { CallActHandlers, callInProgress } from './call-act-handlers.ts';
import { CallAct, type CallActAnswer } from './call-act.schema.ts';

type Ask = Extract<Message, { kind: 'call-act' }>;

/** Where what people ask of calls reaches the telephony process. Acts on one call are done one after the other. */
@Injectable()
export class CallActReceiver implements OnApplicationBootstrap, OnApplicationShutdown {
  private subscription: Subscription | undefined;
  private readonly lastOf = new Map<string, Promise<void>>();

  constructor(
    private readonly handlers: CallActHandlers,
    private readonly receiver: MessageReceiver,
    private readonly sender: MessageSender,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.subscription = this.receiver.messages$.subscribe((message) => {
      if (message.kind === 'call-act') this.inTurn(message);
    });
  }

  onApplicationShutdown(): void {
    this.subscription?.unsubscribe();
  }

  private inTurn(message: Ask): void {
    const { callId } = message;
    const turn = (this.lastOf.get(callId) ?? Promise.resolve()).then(() => this.take(message));
    this.lastOf.set(callId, turn);
    void turn.finally(() => {
      if (this.lastOf.get(callId) === turn) this.lastOf.delete(callId);
    });
  }

  /** Never rejects. A call that this box does not know is left to the one that carries it. */
  private async take(message: Ask): Promise<void> {
    const { ask, callId } = message;
    try {
      // Nobody waits for it any more: a person has seen that it failed, and may have done something else.
      if (this.clock.now().getTime() > message.until) return;
      const answer = await this.answerTo(message);
      if (answer) await this.sender.send({ kind: 'call-act-answer', ask, answer });
    } catch (error) {
      this.logger.warn({ callId, error: String(error) }, 'answer about a call not given');
    }
  }

  private async answerTo({ callId, act, by }: Ask): Promise<CallActAnswer | null> {
    const journal = await readJournal(this.settings.layout.spool, callId);
    const call = callInProgress(callId, journal);
    if (!call) return null;
    if (isOver(journal)) return 'call-over';
    try {
      return await this.handlers.perform(CallAct.parse(act), call, by);
    } catch (error) {
      this.logger.error({ callId, act: act.type, error: String(error) }, 'act on a call failed');
      return 'call-act-failed';
    }
  }
}
