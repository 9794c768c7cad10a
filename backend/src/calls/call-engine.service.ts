import { Injectable } from '@nestjs/common';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriError, ChannelGoneError } from '../asterisk/asterisk.errors.ts';
import { LEASE_SECONDS, lineContext, nodeExtension, type Arrival } from '../asterisk/dialplan-names.ts';
import { Logger } from '../platform/logging.ts';
import { arriveAt, decide, type Outcome, type Step, stepAt } from '../routing/decide.ts';
import { RoutingInForce } from '../routing/routing-in-force.service.ts';
import { CallJournal } from './call-journal.service.ts';

export interface ArrivedChannel {
  id: string;
  /** When Asterisk said that the call is ours. */
  arrivedAt: Date;
}

/** Half of the lease: the other half is for claiming and for the way back to Asterisk. */
const LATEST_MS = LEASE_SECONDS * 500;
/** Steps of one visit; a document without problems has no loops of schedules. */
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
  gone: boolean;
}

/**
 * Decides about incoming calls where they ask: where they begin, and where a step has more than one way out. What callers hear, who is
 * rung and what follows is the dialplan's, so that a call is in our hands for moments. Whatever goes wrong here, it
 * goes on in the fallback: handed over at once, or when its lease runs out.
 */
@Injectable()
export class CallEngine {
  private readonly calls = new Map<string, ClaimedCall>();
  /** Claimed channels that have not come yet. */
  private readonly coming = new Set<string>();

  constructor(
    private readonly commands: AriCommands,
    private readonly routing: RoutingInForce,
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

  /** A call asks to be claimed. One that we do not know is left to the dialplan. */
  async claim(channelId: string, arrival: Arrival | null): Promise<void> {
    if (!arrival || !this.knows(arrival)) return;
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
    const call: ClaimedCall = { ...arrival, channel, gone: false };
    this.calls.set(channel.id, call);
    this.coming.delete(channel.id);
    try {
      mustBeOurs(call);
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
    const call = this.calls.get(channelId);
    if (call) call.gone = true;
  }

  /** The connection is lost: what happens to the calls now we would not learn. Their leases run out. */
  leftAll(): void {
    this.coming.clear();
    for (const call of this.calls.values()) call.gone = true;
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
      mustBeOurs(call);
      const outcome = await this.carryOut(call, step);
      if (outcome === null) return this.handOver(call, step.node);
      ({ position, step } = decide(this.routing.circumstances(), line.flow, { position, outcome }));
    }
    throw new StepFailedError('flow-endless');
  }

  /** @returns null when the step is the dialplan's: everything that takes time must not need us */
  private async carryOut(call: ClaimedCall, step: Step): Promise<Outcome | null> {
    if (step.type !== 'schedule') return null;
    const { openness, rule } = step.state;
    await this.journal.write(call.callId, { e: 'schedule', schedule: step.schedule, openness, rule });
    return { type: 'schedule', openness };
  }

  private async handOver(call: ClaimedCall, node: string): Promise<void> {
    const extension = nodeExtension(node);
    await this.commands.continueAt(call.channel.id, { context: lineContext(call.lineId), extension });
  }

  private async giveUp(call: ClaimedCall, error: unknown): Promise<void> {
    if (error instanceof CallGoneError || call.gone || meansGone(error)) return;
    const reason = error instanceof StepFailedError ? error.reason : 'engine-failed';
    this.logger.error({ callId: call.callId, reason, error: String(error) }, 'call handed to the fallback');
    // By now the dialplan may have helped itself, and has journalled why.
    if (isLate(call)) return;
    await this.journal.write(call.callId, { e: 'fault', reason });
    // Should this fail too, the lease runs out.
    await this.commands.giveBack(call.channel.id).catch(() => undefined);
  }
}

/** 404: no such channel. 409: it has left Stasis. 412: it is hanging up. */
const meansGone = (error: unknown) =>
  error instanceof ChannelGoneError || (error instanceof AriError && [404, 409, 412].includes(error.status));

const isLate = ({ channel }: ClaimedCall): boolean => Date.now() - channel.arrivedAt.getTime() > LATEST_MS;

/**
 * A process that was stopped for a while, or hears of a call late, must do and tell nothing beside the dialplan, which has the call by now
 * or will have it in a moment.
 * @throws CallGoneError
 */
function mustBeOurs(call: ClaimedCall): void {
  if (call.gone || isLate(call)) throw new CallGoneError();
}
