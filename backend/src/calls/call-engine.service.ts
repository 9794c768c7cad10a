import { Injectable } from '@nestjs/common';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriError, ChannelGoneError } from '../asterisk/asterisk.errors.ts';
import { channelVariable, lineContext, nodeExtension, type Arrival } from '../asterisk/dialplan-names.ts';
import { NoticePlayer } from '../notices/notice-player.service.ts';
import { Logger } from '../platform/logging.ts';
import { arriveAt, decide, type Outcome, type Step, stepAt } from '../routing/decide.ts';
import { RoutingInForce } from '../routing/routing-in-force.service.ts';
import { CallJournal } from './call-journal.service.ts';
import { Lease } from './lease.ts';

export interface ArrivedChannel {
  id: string;
  isUp: boolean;
  /** When Asterisk said that the call is ours. */
  arrivedAt: Date;
}

/** After an answer the caller's side needs a moment until it hears. The fallback dialplan waits as long. */
const EAR_OPENS_AFTER_MS = 500;
const HANG_UP_FOLLOWS_WITHIN_MS = 300;
/** Steps of one visit; a document without problems has no loops of notices. */
const MOST_STEPS = 100;

/** The call is no longer ours: hung up, or taken back by the dialplan. Nothing is left to do. */
class CallGoneError extends Error {}

/** The step could not be done; the fallback dialplan does it instead. */
class StepFailedError extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

interface ClaimedCall extends Arrival {
  channel: ArrivedChannel;
  gone: AbortController;
  lease: Lease;
}

/**
 * Steers incoming calls from the claim until they are handed to the dialplan, which rings, bridges and hangs up by
 * itself. Whatever goes wrong here, the call goes on in the fallback: handed over at once, or when its lease runs out.
 */
@Injectable()
export class CallEngine {
  private readonly calls = new Map<string, ClaimedCall>();
  /** Claimed channels that have not come yet. */
  private readonly coming = new Set<string>();

  constructor(
    private readonly commands: AriCommands,
    private readonly variables: AmiCommands,
    private readonly routing: RoutingInForce,
    private readonly notices: NoticePlayer,
    private readonly journal: CallJournal,
    private readonly logger: Logger,
  ) {}

  /** Calls in our hands at the moment. */
  get size(): number {
    return this.calls.size;
  }

  /** Whether a claimed call is in our hands or on its way into them. */
  carries(channelId: string): boolean {
    return this.coming.has(channelId) || this.calls.has(channelId);
  }

  /** A call asks to be claimed. One that we do not know or could not keep is left to the dialplan. */
  async claim(channelId: string, arrival: Arrival | null): Promise<void> {
    if (!arrival || !this.variables.ready || !this.knows(arrival)) return;
    this.coming.add(channelId);
    try {
      if (!(await this.commands.claim(channelId))) this.coming.delete(channelId);
    } catch (error) {
      this.coming.delete(channelId);
      this.logger.warn({ callId: arrival.callId, error: String(error) }, 'claim failed');
    }
  }

  /** A claimed call has come. Resolves when it is out of our hands again; never rejects. */
  async carry(channel: ArrivedChannel, arrival: Arrival): Promise<void> {
    const lease = new Lease(this.variables, channel.id, Date.now() - channel.arrivedAt.getTime());
    const call: ClaimedCall = { ...arrival, channel, gone: new AbortController(), lease };
    this.calls.set(channel.id, call);
    this.coming.delete(channel.id);
    try {
      if (!call.again) await this.journal.write(call.callId, { e: 'claimed' });
      await this.walk(call);
    } catch (error) {
      await this.giveUp(call, error);
    } finally {
      this.calls.delete(channel.id);
    }
  }

  /** The channel has left us or is gone. */
  left(channelId: string): void {
    this.coming.delete(channelId);
    this.calls.get(channelId)?.gone.abort();
  }

  /** The connection is lost: what happens to the calls now we would not learn. Their leases run out. */
  leftAll(): void {
    this.coming.clear();
    for (const call of this.calls.values()) call.gone.abort();
  }

  private knows({ lineId, nodeId }: Arrival): boolean {
    const line = this.routing.line(lineId);
    return line !== null && Object.hasOwn(line.flow.nodes, nodeId);
  }

  private async walk(call: ClaimedCall): Promise<void> {
    const line = this.routing.line(call.lineId);
    if (!line) throw new StepFailedError('line-missing');
    let position = arriveAt(call.nodeId);
    let step = stepAt(this.routing.circumstances(), line.flow, call.nodeId);
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const outcome = await this.carryOut(call, step);
      if (outcome === null) return this.handOver(call, step.node);
      ({ position, step } = decide(this.routing.circumstances(), line.flow, { position, outcome }));
    }
    throw new StepFailedError('flow-endless');
  }

  /** @returns null when the step is the dialplan's: everything that can take long must not need us */
  private async carryOut(call: ClaimedCall, step: Step): Promise<Outcome | null> {
    switch (step.type) {
      case 'notice':
        await this.announce(call, step.node, step.notice);
        return { type: 'notice-ended' };
      case 'schedule': {
        const { openness, rule } = step.state;
        await this.journal.write(call.callId, { e: 'schedule', schedule: step.schedule, openness, rule });
        return { type: 'schedule', openness };
      }
      case 'menu':
      case 'desk':
      case 'forward':
      case 'message':
      case 'end':
        return null;
    }
  }

  private async handOver(call: ClaimedCall, node: string): Promise<void> {
    if (call.gone.signal.aborted) throw new CallGoneError();
    const extension = nodeExtension(node);
    await this.commands.continueAt(call.channel.id, { context: lineContext(call.lineId), extension });
  }

  private async announce(call: ClaimedCall, node: string, noticeId: string): Promise<void> {
    const notice = this.routing.notice(noticeId);
    if (!notice) throw new StepFailedError('notice-missing');
    await this.variables.setVariable(call.channel.id, channelVariable.node, node);
    await this.accept(call);
    await this.journal.write(call.callId, { e: 'notice', notice: noticeId });
    const result = await this.notices.play(call.channel.id, notice.audio, call.lease, call.gone.signal);
    if (result === 'gone') throw new CallGoneError();
    if (result === 'stuck') throw new StepFailedError('notice-stuck');
    if (result === 'failed') {
      // A playback fails a moment before Asterisk tells that the caller has hung up.
      await pause(HANG_UP_FOLLOWS_WITHIN_MS, call.gone.signal);
      // The fallback could not play it either: the caller is better served by the next step.
      await this.journal.write(call.callId, { e: 'fault', reason: 'notice-failed' });
    }
    await this.journal.write(call.callId, { e: 'notice-ended', notice: noticeId });
  }

  private async accept(call: ClaimedCall): Promise<void> {
    if (call.channel.isUp) return;
    await this.commands.answer(call.channel.id);
    call.channel.isUp = true;
    await this.journal.write(call.callId, { e: 'accepted' });
    const stopLease = call.lease.keepWhile(() => true);
    await pause(EAR_OPENS_AFTER_MS, call.gone.signal).finally(stopLease);
  }

  private async giveUp(call: ClaimedCall, error: unknown): Promise<void> {
    if (error instanceof CallGoneError || call.gone.signal.aborted || meansGone(error)) return;
    const reason = error instanceof StepFailedError ? error.reason : 'engine-failed';
    this.logger.error({ callId: call.callId, reason, error: String(error) }, 'call handed to the fallback');
    await this.journal.write(call.callId, { e: 'fault', reason });
    // Should this fail too, the lease runs out and the dialplan helps itself.
    await this.commands.giveBack(call.channel.id).catch(() => undefined);
  }
}

/** 404: no such channel. 409: it has left Stasis. 412: it is hanging up. */
const meansGone = (error: unknown) =>
  error instanceof ChannelGoneError || (error instanceof AriError && [404, 409, 412].includes(error.status));

/** @throws CallGoneError */
function pause(durationMs: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new CallGoneError());
    };
    const timer = setTimeout(() => {
      gone.removeEventListener('abort', stop);
      resolve();
    }, durationMs);
    if (gone.aborted) stop();
    else gone.addEventListener('abort', stop, { once: true });
  });
}
