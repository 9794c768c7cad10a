import { readdir, stat } from 'node:fs/promises';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import { channelVariable } from '../asterisk/dialplan-names.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { CallJournal } from './call-journal.service.ts';
import { callOfSpoolFile, isOver, journalPath, listOpenJournals, rawAudioPath, readJournal } from './journal.ts';
import { lives, type OpenCall, type Reachable, reconcile } from './reconcile.ts';

const EVERY_MS = 30_000;
const AGAIN_AFTER_MS = 10_000;
/** 8 kHz, 16 bit, two channels. */
const RAW_BYTES_PER_MS = 32;

/** Ends calls that ended unseen: Asterisk died, or the box did. Runs at start, on every connection and on a schedule. */
@Injectable()
export class CallReconciliation implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private subscription: Subscription | undefined;
  private reachableSinceMs = 0;
  private running = false;
  private stopped = false;
  /** Recordings without a journal when last looked: the worker may just be removing the two files of a sealed call. */
  private alone = new Set<string>();

  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly journal: CallJournal,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscription = this.connection.connected$.subscribe((connected) => {
      if (!connected) return;
      this.reachableSinceMs = performance.now();
      this.runIn(0);
    });
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.subscription?.unsubscribe();
    clearTimeout(this.timer);
  }

  private runIn(delayMs: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.run(), delayMs);
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let nextMs = EVERY_MS;
    try {
      if (this.connection.connected) nextMs = (await this.reconcile()) ? EVERY_MS : AGAIN_AFTER_MS;
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'calls not reconciled, will retry');
      nextMs = AGAIN_AFTER_MS;
    } finally {
      this.running = false;
      this.runIn(nextMs);
    }
  }

  /** @returns false when it must look again soon */
  private async reconcile(): Promise<boolean> {
    // In this order: a call that begins in between is no open journal yet, one that ends has written its end.
    const open = await this.openCalls();
    const alone = await this.recordingsAlone();
    if (open.length === 0 && alone.length === 0) return true;
    const reachable = await this.reachable(open, alone.length > 0);
    const decision = reconcile(open, reachable, this.clock.now().getTime());
    if ('heldBack' in decision) {
      this.logger.warn({ calls: decision.heldBack, open: open.length }, 'most calls seem lost, looking again first');
      return false;
    }
    for (const call of decision.end) await this.end(call);
    await this.adopt(alone, reachable);
    return decision.end.length === open.filter((call) => !lives(call, reachable)).length;
  }

  private async openCalls(): Promise<OpenCall[]> {
    const { spool } = this.settings.layout;
    const open: OpenCall[] = [];
    for (const { callId, entries } of await listOpenJournals(spool)) {
      const begin = entries.find(({ e }) => e === 'begin');
      const channelId = begin?.e === 'begin' ? begin.channel : '';
      const [journal, raw] = await Promise.all([
        timesOf(journalPath(spool, callId)),
        timesOf(rawAudioPath(spool, callId)),
      ]);
      open.push({ callId, channelId, writtenAtMs: Math.max(journal?.writtenAtMs ?? 0, raw?.writtenAtMs ?? 0) });
    }
    return open;
  }

  private async reachable(open: readonly OpenCall[], askCalls: boolean): Promise<Reachable> {
    const channels = await this.commands.channels();
    const channelIds = new Set(channels.map(({ id }) => id));
    const callIds = new Set<string>();
    if (askCalls || open.some(({ channelId }) => !channelIds.has(channelId))) {
      const calls = await Promise.all(channels.map(({ id }) => this.commands.variable(id, channelVariable.call)));
      for (const callId of calls) if (callId !== null) callIds.add(callId);
    }
    return { channelIds, callIds, sinceMs: performance.now() - this.reachableSinceMs };
  }

  private async end({ callId, writtenAtMs }: OpenCall): Promise<void> {
    const { spool } = this.settings.layout;
    if (isOver(await readJournal(spool, callId))) return;
    const raw = await timesOf(rawAudioPath(spool, callId));
    this.logger.warn({ callId }, 'call ended unseen');
    await this.journal.write(callId, { e: 'end', cause: '0', by: 'lost' }, new Date(raw?.writtenAtMs ?? writtenAtMs));
  }

  /** @returns recordings that had no journal the last time either */
  private async recordingsAlone(): Promise<string[]> {
    const files = (await readdir(this.settings.layout.spool)).flatMap((name) => callOfSpoolFile(name) ?? []);
    const journals = new Set(files.flatMap(({ callId, file }) => (file === 'journal' ? [callId] : [])));
    const alone = files.flatMap(({ callId, file }) => (file === 'raw-audio' && !journals.has(callId) ? [callId] : []));
    const again = alone.filter((callId) => this.alone.has(callId));
    this.alone = new Set(alone);
    return again;
  }

  /** Gives a recording whose journal is lost one that says so, so that it is sealed and can be found. */
  private async adopt(alone: readonly string[], { callIds }: Reachable): Promise<void> {
    for (const callId of alone) {
      const raw = await timesOf(rawAudioPath(this.settings.layout.spool, callId));
      if (!raw || callIds.has(callId)) continue;
      const endedAt = new Date(raw.writtenAtMs);
      const beganAt = new Date(raw.writtenAtMs - raw.sizeBytes / RAW_BYTES_PER_MS);
      this.logger.warn({ callId }, 'recording without a journal adopted');
      await this.journal.write(callId, UNKNOWN_CALL, beganAt);
      await this.journal.write(callId, { e: 'recorder' }, beganAt);
      await this.journal.write(callId, { e: 'fault', reason: 'journal-missing' }, beganAt);
      await this.journal.write(callId, { e: 'end', cause: '0', by: 'lost' }, endedAt);
    }
  }
}

const UNKNOWN_CALL = {
  e: 'begin',
  direction: 'incoming',
  trunk: '',
  line: '',
  dialled: '',
  number: '',
  presentation: 'unavailable',
  channel: '',
} as const;

async function timesOf(path: string): Promise<{ writtenAtMs: number; sizeBytes: number } | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? { writtenAtMs: found.mtimeMs, sizeBytes: found.size } : null;
  } catch {
    return null;
  }
}
