import { open, stat } from 'node:fs/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { Settings } from '../platform/settings.ts';
import { rawAudioPath } from './journal.ts';
import { LiveFiling } from './live-filing.service.ts';
import { measureRecorder, NOT_YET_MEASURED, type RecorderMeasure } from './recorder-health.ts';

const LOOK_EVERY_MS = 500;
const SYNC_EVERY_MS = 1000;

interface WatchedRecorder {
  expectedFromMs: number | null;
  measure: RecorderMeasure;
  syncedBytes: number;
}

/**
 * Looks at the files of recordings in progress: whether they grow, because MixMonitor does not tell when it fails, and
 * that they reach the disk, because Asterisk never asks for it (telephony.md 0.7, 2.3).
 */
@Injectable()
export class RecorderWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly recorders = new Map<string, WatchedRecorder>();
  private lookTimer: NodeJS.Timeout | undefined;
  private syncTimer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly filing: LiveFiling,
  ) {}

  /** Recordings in progress. */
  get size(): number {
    return this.recorders.size;
  }

  get stalled(): number {
    return [...this.recorders.values()].filter(({ measure }) => measure.health === 'stalled').length;
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

  watch(callId: string, expectedFromMs: number | null): void {
    const known = this.recorders.get(callId);
    if (known) known.expectedFromMs = expectedFromMs;
    else this.recorders.set(callId, { expectedFromMs, measure: NOT_YET_MEASURED, syncedBytes: 0 });
  }

  forget(callId: string): void {
    this.recorders.delete(callId);
  }

  private async look(): Promise<void> {
    for (const [callId, recorder] of this.recorders) {
      const size = await this.sizeOf(callId);
      if (this.recorders.get(callId) !== recorder) continue;
      const before = recorder.measure.health;
      const nowMs = this.clock.now().getTime();
      recorder.measure = measureRecorder(recorder.measure, nowMs, size, recorder.expectedFromMs);
      if (recorder.measure.health !== before) this.filing.setRecorder(callId, recorder.measure.health);
    }
    if (!this.stopped) this.lookTimer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
  }

  private async sizeOf(callId: string): Promise<number | null> {
    try {
      return (await stat(rawAudioPath(this.settings.layout.spool, callId))).size;
    } catch {
      return null;
    }
  }

  /** One file after the other: a slow disk must not take all threads that journals are written with. */
  private async sync(): Promise<void> {
    for (const [callId, recorder] of this.recorders) {
      const { sizeBytes } = recorder.measure;
      if (sizeBytes === recorder.syncedBytes) continue;
      if (await this.syncFile(callId)) recorder.syncedBytes = sizeBytes;
    }
    if (!this.stopped) this.syncTimer = setTimeout(() => void this.sync(), SYNC_EVERY_MS);
  }

  private async syncFile(callId: string): Promise<boolean> {
    try {
      const file = await open(rawAudioPath(this.settings.layout.spool, callId), 'r');
      await file.datasync().finally(() => file.close());
      return true;
    } catch {
      return false;
    }
  }
}
