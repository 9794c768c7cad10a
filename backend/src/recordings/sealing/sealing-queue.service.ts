import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { DatabaseConnector } from '../../platform/database-connector.ts';
import { Logger } from '../../platform/logging.ts';
import { MessageReceiver } from '../../platform/messages.ts';
import type { SealingTrouble } from '../recording.schema.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { troubleOf } from './sealing-trouble.ts';
import { SealingService } from './sealing.service.ts';
import { Spool } from '../spool/spool.ts';

/** The watch tells at once; looking again finds what it missed, and what was there before. */
const SCAN_MS = 1000;
/** Most of them only wait for Asterisk to close a file; encoding has its own, lower limit. */
const AT_ONCE = 16;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
const STOP_TIMEOUT_MS = 3000;

export const retryDelayMs = (attempts: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10));

interface Failure {
  attempts: number;
  /** By the monotonic clock. */
  notBeforeMs: number;
  trouble: SealingTrouble;
}

export interface QueueState {
  waiting: number;
  failing: number;
  /** The trouble most calls have. */
  trouble: SealingTrouble | null;
  /** Why the spool cannot be looked through, if so. */
  spool: string | null;
}

/** Brings every call that is over to sealing, repeats what failed, and lets no call wait for the trouble of another. */
@Injectable()
export class SealingQueue implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly waiting = new Set<string>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, Failure>();
  /** Size of the journal of each call in progress when it was last read. */
  private readonly inProgress = new Map<string, number | null>();
  private timer: NodeJS.Timeout | undefined;
  private stopWatching: (() => void) | undefined;
  private subscription: Subscription | undefined;
  private spoolProblem: string | null = null;
  private databaseReady = false;
  private stopped = false;

  constructor(
    private readonly spool: Spool,
    private readonly sealing: SealingService,
    private readonly recordings: RecordingRepository,
    private readonly receiver: MessageReceiver,
    private readonly database: DatabaseConnector,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.subscription = this.receiver.reconnected$.subscribe(() => this.retryNow());
    void this.database.ready().then(() => {
      this.databaseReady = true;
    });
    void this.keepScanning();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.stopWatching?.();
    this.subscription?.unsubscribe();
    this.waiting.clear();
    const patience = new Promise<void>((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref());
    await Promise.race([Promise.allSettled(this.running.values()), patience]);
  }

  state(): QueueState {
    const troubles = [...this.failures.values()].map(({ trouble }) => trouble);
    const counted = Map.groupBy(troubles, (trouble) => trouble);
    const [most] = [...counted].sort(([, a], [, b]) => b.length - a.length);
    return {
      waiting: this.waiting.size + this.running.size,
      failing: this.failures.size,
      trouble: most?.[0] ?? null,
      spool: this.spoolProblem,
    };
  }

  /** Looks through the spool once. */
  async scan(): Promise<void> {
    if (!this.databaseReady) return;
    const calls = new Set(await this.spool.calls());
    for (const callId of calls) {
      const readSize = this.inProgress.get(callId);
      if (readSize !== undefined && (await this.spool.sizes(callId)).journal === readSize) continue;
      this.consider(callId);
    }
    for (const map of [this.inProgress, this.failures]) {
      for (const callId of map.keys()) if (!calls.has(callId)) map.delete(callId);
    }
  }

  /** Resolves when nothing is being sealed and nothing waits for it. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running.values());
  }

  /** The database is back: what failed for want of it need not wait any longer. */
  private retryNow(): void {
    for (const failure of this.failures.values()) failure.notBeforeMs = 0;
  }

  private async keepScanning(): Promise<void> {
    try {
      this.stopWatching ??= this.watch();
      await this.scan();
      this.spoolProblem = null;
    } catch (error) {
      if (this.spoolProblem === null) this.logger.error({ error: String(error) }, 'spool cannot be read');
      this.spoolProblem = String(error);
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.keepScanning(), SCAN_MS);
  }

  private watch(): () => void {
    return this.spool.watch(
      (callId) => this.consider(callId),
      (error) => {
        this.logger.warn({ error: error.message }, 'watching the spool failed, will watch again');
        this.stopWatching?.();
        this.stopWatching = undefined;
      },
    );
  }

  private consider(callId: string): void {
    if (this.stopped || !this.databaseReady || this.running.has(callId)) return;
    const failure = this.failures.get(callId);
    if (failure && performance.now() < failure.notBeforeMs) return;
    this.waiting.add(callId);
    this.startNext();
  }

  private startNext(): void {
    for (const callId of this.waiting) {
      if (this.running.size >= AT_ONCE) return;
      this.waiting.delete(callId);
      const attempt = this.attempt(callId).finally(() => {
        this.running.delete(callId);
        this.startNext();
      });
      this.running.set(callId, attempt);
    }
  }

  private async attempt(callId: string): Promise<void> {
    try {
      const { journal } = await this.spool.sizes(callId);
      const outcome = await this.sealing.seal(callId);
      this.failures.delete(callId);
      if (outcome === 'in-progress') this.inProgress.set(callId, journal);
      else this.inProgress.delete(callId);
    } catch (error) {
      await this.noteFailure(callId, error);
    }
  }

  private async noteFailure(callId: string, error: unknown): Promise<void> {
    const attempts = (this.failures.get(callId)?.attempts ?? 0) + 1;
    const trouble = troubleOf(error);
    const retryMs = retryDelayMs(attempts);
    this.failures.set(callId, { attempts, trouble, notBeforeMs: performance.now() + retryMs });
    this.logger.warn({ callId, attempts, retryMs, trouble, error: String(error) }, 'sealing failed, will retry');
    await this.recordings.setTrouble(callId, trouble).catch(() => undefined);
  }
}
