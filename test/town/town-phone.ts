import { firstValueFrom, ReplaySubject, timeout } from 'rxjs';
import { type PhoneCall, type Refusal, type Says } from './party.ts';

type Plan =
  | { kind: 'answer'; afterMs: number; says: Says }
  | { kind: 'refuse'; afterMs: number; how: Refusal }
  | { kind: 'ring-out' };

const WAIT_MS = 20_000;

/** A phone on a desk, and what its owner means to do with the next calls: it rings until somebody is told to take them. */
export class TownPhone {
  readonly number: string;
  readonly calls: PhoneCall[] = [];
  private plan: Plan = { kind: 'ring-out' };
  private arrivals = new ReplaySubject<PhoneCall>(1);

  constructor(number: string) {
    this.number = number;
  }

  willAnswer({ afterMs = 200, says = { tone: 1000 } }: { afterMs?: number; says?: Says } = {}): this {
    return this.plans({ kind: 'answer', afterMs, says });
  }

  willRefuse(how: Refusal, afterMs = 100): this {
    return this.plans({ kind: 'refuse', afterMs, how });
  }

  willRingOut(): this {
    return this.plans({ kind: 'ring-out' });
  }

  /** The first call that has rung here since the phone was last told what to do. */
  async rung(timeoutMs = WAIT_MS): Promise<PhoneCall> {
    const error = () => {
      throw new Error(`phone ${this.number} did not ring within ${timeoutMs} ms`);
    };
    return await firstValueFrom(this.arrivals.pipe(timeout({ first: timeoutMs, with: error })));
  }

  /** Called by the town when a call arrives. */
  async take(call: PhoneCall): Promise<void> {
    this.calls.push(call);
    const plan = this.plan;
    if (plan.kind === 'answer') await call.prepare(plan.says);
    await call.ring().catch(() => undefined);
    this.arrivals.next(call);
    if (plan.kind === 'ring-out') return;
    const gone = call.ended(plan.afterMs).then(
      () => true,
      () => false,
    );
    if (await gone) return;
    // The caller may leave at this very moment; then there is nobody to answer.
    await (plan.kind === 'refuse' ? call.refuse(plan.how) : call.answer(plan.says)).catch(() => undefined);
  }

  private plans(plan: Plan): this {
    this.plan = plan;
    this.arrivals = new ReplaySubject<PhoneCall>(1);
    return this;
  }
}
