import { open, stat } from 'node:fs/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Subject } from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { Clock } from '../platform/clock.ts';
import { isMissing } from '../platform/file-errors.ts';
import { Settings } from '../platform/settings.ts';
import { rawAudioPath, recorderClockPath, RECORDERS } from './journal.ts';
import { LiveFiling } from './live-filing.service.ts';
import { mediaFlows, type MediaSample } from './media-flow.ts';
import {
  isSecondDue,
  isSuspicious,
  measureRecorder,
  NOT_YET_MEASURED,
  type RecorderFacts,
  type RecorderMeasure,
  type SecondTries,
} from './recorder-health.ts';
import { SecondRecorder } from './second-recorder.service.ts';

const LOOK_EVERY_MS = 500;
const SYNC_EVERY_MS = 1000;

interface WatchedRecorder extends RecorderFacts {
  measure: RecorderMeasure;
  syncedBytes: number;
  /** While the file does not grow. */
  sample: MediaSample | null;
  tries: SecondTries;
}

/**
 * Looks at the files of recordings in progress: whether they grow, because MixMonitor does not tell when it fails, and
 * that they reach the disk, because Asterisk never asks for it. A file that does not grow though sound comes is told within
 * 3 s, and a second recorder is started; again, a few times, when that one does not write either.
 */
@Injectable()
export class RecorderWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly recorders = new Map<string, WatchedRecorder>();
  private readonly stalls = new Subject<void>();
  private lookTimer: NodeJS.Timeout | undefined;
  private syncTimer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** A recorder has just been found not to write. */
  readonly stalled$ = this.stalls.asObservable();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly filing: LiveFiling,
    private readonly ari: AriCommands,
    private readonly second: SecondRecorder,
  ) {}

  /** Recordings in progress. */
  get size(): number {
    return this.recorders.size;
  }

  /** Recordings in progress that do not grow, or only because a second recorder has taken over. */
  get failing(): number {
    return [...this.recorders.values()].filter(({ measure, hasSecond }) => hasSecond || measure.health === 'stalled')
      .length;
  }

  onApplicationBootstrap(): void {
    this.lookTimer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
    this.syncTimer = setTimeout(() => void this.sync(), SYNC_EVERY_MS);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.lookTimer);
    clearTimeout(this.syncTimer);
  }

  watch(callId: string, facts: RecorderFacts): void {
    const known = this.recorders.get(callId);
    const hasSecond = known?.hasSecond === true || facts.hasSecond;
    // One that another process has started has its time too.
    const tries = { count: hasSecond ? 1 : 0, lastMs: this.clock.now().getTime() };
    const fresh = { measure: NOT_YET_MEASURED, syncedBytes: 0, sample: null, tries };
    if (known) Object.assign(known, facts, { hasSecond }, known.hasSecond === hasSecond ? {} : { tries });
    else this.recorders.set(callId, { ...facts, ...fresh });
  }

  forget(callId: string): void {
    this.recorders.delete(callId);
  }

  private async look(): Promise<void> {
    await Promise.all([...this.recorders].map(([callId, recorder]) => this.lookAt(callId, recorder)));
    if (!this.stopped) this.lookTimer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
  }

  private async lookAt(callId: string, recorder: WatchedRecorder): Promise<void> {
    const size = await this.sizeOf(callId);
    const nowMs = this.clock.now().getTime();
    const measure = measureRecorder(recorder.measure, nowMs, size, recorder.expectedFromMs);
    const flows = await this.mediaFlows(recorder, measure, nowMs);
    if (this.recorders.get(callId) !== recorder) return;
    const { health: before } = recorder.measure;
    // Nothing to be recorded: whether it would be cannot be seen, and nothing is lost.
    const health = measure.health === 'stalled' && flows !== true ? before : measure.health;
    recorder.measure = { ...measure, health };
    if (health !== before) this.filing.setRecorder(callId, health);
    const due = isSecondDue(recorder.tries, nowMs);
    if (health === 'stalled' && flows === true && due) await this.onStall(callId, recorder, nowMs);
  }

  /** @returns null when that is not known yet, or Asterisk cannot be asked, which is told elsewhere */
  private async mediaFlows(
    recorder: WatchedRecorder,
    measure: RecorderMeasure,
    nowMs: number,
  ): Promise<boolean | null> {
    if (!isSuspicious(measure, nowMs, recorder.expectedFromMs)) {
      recorder.sample = null;
      return null;
    }
    const packets = await this.ari.mediaPackets(recorder.channelId).catch(() => null);
    if (packets === null) return null;
    const sample = { atMs: nowMs, packets };
    const flows = recorder.sample && mediaFlows(recorder.sample, sample);
    if (flows !== null || recorder.sample === null) recorder.sample = sample;
    return flows;
  }

  private async onStall(callId: string, recorder: WatchedRecorder, nowMs: number): Promise<void> {
    const again = recorder.hasSecond;
    recorder.hasSecond = true;
    recorder.tries = { count: recorder.tries.count + 1, lastMs: nowMs };
    if (!again) this.stalls.next();
    await this.second.start(callId, recorder.channelId, again);
  }

  /** @returns of all recorders of the call together; null when none has a file */
  private async sizeOf(callId: string): Promise<number | null> {
    const { spool } = this.settings.layout;
    const found = await Promise.all(RECORDERS.map((recorder) => sizeOfFile(rawAudioPath(spool, callId, recorder))));
    const sizes = found.filter((size) => size !== null);
    return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
  }

  /** One file after the other: a slow disk must not take all threads that journals are written with. */
  private async sync(): Promise<void> {
    for (const [callId, recorder] of this.recorders) {
      const { sizeBytes } = recorder.measure;
      if (sizeBytes === recorder.syncedBytes) continue;
      if (await this.syncFiles(callId)) recorder.syncedBytes = sizeBytes;
    }
    if (!this.stopped) this.syncTimer = setTimeout(() => void this.sync(), SYNC_EVERY_MS);
  }

  private async syncFiles(callId: string): Promise<boolean> {
    const { spool } = this.settings.layout;
    let synced = true;
    for (const recorder of RECORDERS) {
      for (const path of [rawAudioPath(spool, callId, recorder), recorderClockPath(spool, callId, recorder)])
        synced = (await syncFile(path)) && synced;
    }
    return synced;
  }
}

/** @returns null for what is no file */
async function sizeOfFile(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}

/** @returns false when it could not be done; a file that is not there needs nothing */
async function syncFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    await file.datasync().finally(() => file.close());
    return true;
  } catch (error) {
    return isMissing(error);
  }
}
