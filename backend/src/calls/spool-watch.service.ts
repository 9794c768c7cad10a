import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isMissing } from '../platform/file-errors.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { callOfSpoolFile, isOver, journalPath, readJournal } from './journal.ts';
import { LiveFiling } from './live-filing.service.ts';
import { isKeptOff, recorderFacts } from './recorder-health.ts';
import { LongCallWatch } from './long-calls/long-calls.service.ts';
import { RecorderWatch } from './recorder-watch.service.ts';

const SCAN_EVERY_MS = 1000;

/** Notices every new line of every journal, whoever wrote it, and has the call filed. */
@Injectable()
export class SpoolWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Size of each journal when it was last read. */
  private readonly sizes = new Map<string, number>();
  private readonly reading = new Set<string>();
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly settings: Settings,
    private readonly filing: LiveFiling,
    private readonly recorders: RecorderWatch,
    private readonly longCalls: LongCallWatch,
    private readonly logger: Logger,
  ) {}

  /** Whether changes are told at once rather than found by the scan. */
  get ready(): boolean {
    return this.watcher !== undefined;
  }

  onApplicationBootstrap(): void {
    this.listen();
    void this.scan();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.watcher?.close();
    clearTimeout(this.timer);
  }

  /** Tells of changes at once; the scan finds what it misses. */
  private listen(): void {
    try {
      this.watcher = watch(this.settings.layout.spool, (_, name) => {
        const found = name === null ? null : callOfSpoolFile(name);
        if (found?.file === 'journal') void this.look(found.callId);
      });
      this.watcher.on('error', (error) => this.unheard(error));
    } catch (error) {
      this.unheard(error);
    }
  }

  private unheard(error: unknown): void {
    this.logger.warn({ error: String(error) }, 'spool not watched, it is scanned each second');
    this.watcher?.close();
    this.watcher = undefined;
  }

  private async scan(): Promise<void> {
    try {
      await this.scanOnce();
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'spool not readable');
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.scan(), SCAN_EVERY_MS);
  }

  private async scanOnce(): Promise<void> {
    const names = await readdir(this.settings.layout.spool);
    const journals = names.flatMap((name) => callOfSpoolFile(name) ?? []).filter(({ file }) => file === 'journal');
    const present = new Set(journals.map(({ callId }) => callId));
    for (const callId of this.sizes.keys()) if (!present.has(callId)) this.forget(callId);
    for (const callId of present) await this.look(callId);
  }

  private async look(callId: string): Promise<void> {
    if (this.stopped || this.reading.has(callId)) return;
    this.reading.add(callId);
    try {
      const { size } = await stat(journalPath(this.settings.layout.spool, callId));
      if (size === this.sizes.get(callId)) return;
      await this.take(callId);
      this.sizes.set(callId, size);
    } catch (error) {
      if (isMissing(error)) this.forget(callId);
      else this.logger.warn({ callId, error: String(error) }, 'journal not readable');
    } finally {
      this.reading.delete(callId);
    }
  }

  private async take(callId: string): Promise<void> {
    const entries = await readJournal(this.settings.layout.spool, callId);
    this.filing.schedule(callId);
    if (isOver(entries)) this.longCalls.forget(callId);
    else this.longCalls.follow(callId, entries);
    if (isOver(entries) || !entries.some(({ e }) => e === 'recorder')) this.recorders.forget(callId);
    else this.recorders.watch(callId, recorderFacts(entries));
    if (!isOver(entries) && isKeptOff(entries)) this.filing.setRecorder(callId, 'off');
  }

  private forget(callId: string): void {
    this.sizes.delete(callId);
    this.recorders.forget(callId);
    this.longCalls.forget(callId);
    this.filing.forget(callId);
  }
}
