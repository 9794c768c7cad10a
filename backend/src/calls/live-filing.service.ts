import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '../platform/logging.ts';
import { MessageSender } from '../platform/messages.ts';
import { CallFiling } from './call-filing.service.ts';
import { CallRepository } from './call.repository.ts';
import type { RecorderHealth } from './call.schema.ts';

/** Lines that come close together are filed at once. */
const GATHER_MS = 50;
const RETRY_MS = 1000;

/** Files calls in progress as their journals grow. With the database down they wait here; calls do not. */
@Injectable()
export class LiveFiling implements OnApplicationShutdown {
  private readonly waiting = new Set<string>();
  private readonly recorders = new Map<string, RecorderHealth>();
  private timer: NodeJS.Timeout | undefined;
  private busy = false;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly filing: CallFiling,
    private readonly calls: CallRepository,
    private readonly messages: MessageSender,
    private readonly logger: Logger,
  ) {}

  /** Calls not yet filed as they are. */
  get backlog(): number {
    return this.waiting.size;
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  schedule(callId: string): void {
    this.waiting.add(callId);
    this.wake(GATHER_MS);
  }

  setRecorder(callId: string, health: RecorderHealth): void {
    this.recorders.set(callId, health);
    this.schedule(callId);
  }

  /** The call needs no more live filing; what is waiting is still filed. */
  forget(callId: string): void {
    this.recorders.delete(callId);
  }

  private wake(delayMs: number): void {
    if (this.stopped || this.busy) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, delayMs);
  }

  private async flush(): Promise<void> {
    this.busy = true;
    let failed = false;
    for (const callId of [...this.waiting]) {
      if (this.stopped) break;
      this.waiting.delete(callId);
      if (await this.file(callId)) continue;
      this.waiting.add(callId);
      failed = true;
      break;
    }
    this.busy = false;
    if (this.waiting.size > 0) this.wake(failed ? RETRY_MS : GATHER_MS);
  }

  private async file(callId: string): Promise<boolean> {
    try {
      const row = await this.filing.file(callId);
      const recorder = this.recorders.get(callId);
      if (row && recorder && !row.endedAt && row.recorder !== recorder) {
        const changed = await this.calls.setRecorder(callId, recorder);
        if (changed) await this.messages.send({ kind: 'call', callId });
      }
      if (this.failing) this.logger.info({ waiting: this.waiting.size }, 'calls are filed again');
      this.failing = false;
      return true;
    } catch (error) {
      if (!this.failing) this.logger.warn({ callId, error: String(error) }, 'calls are not filed, will retry');
      this.failing = true;
      return false;
    }
  }
}
