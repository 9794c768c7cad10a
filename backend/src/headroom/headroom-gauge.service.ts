import { stat, statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../platform/settings.ts';
import { type Headroom, headroomOf, parseHeadroomSteps, type RecordingRate, type Space } from './headroom.ts';
import { RecordingRateRepository } from './recording-rate.repository.ts';
import { LOW_WATER_BYTES, Reserve, type ReserveState } from './reserve.ts';

/** What an hour takes and how much an office records changes over weeks. */
const RATE_FRESH_MS = 60_000;
const NO_RESERVE: ReserveState = { leftBytes: 0, wholeBytes: 0 };

/** Measures the room for recordings. Works with the database down, by what was known before. */
@Injectable()
export class HeadroomGauge {
  private rate: RecordingRate = { vaultBytesPerHour: null, recordedHoursPerDay: null };
  private askedAt = -Infinity;

  constructor(
    private readonly rates: RecordingRateRepository,
    private readonly settings: Settings,
  ) {}

  /** @returns null when no disk can be looked at */
  async read(): Promise<Headroom | null> {
    const { layout, vaultPlace } = this.settings;
    const { spool, reserve } = layout;
    this.refreshRate();
    const [inSpool, inVault, reserved] = await Promise.all([
      spaceOf(spool),
      vaultPlace.kind === 'disk' ? spaceOf(vaultPlace.directory) : null,
      new Reserve(reserve).state().catch(() => NO_RESERVE),
    ]);
    return headroomOf({
      ...{ spool: inSpool, vault: inVault, rate: this.rate, reserve: reserved },
      ...{ steps: parseHeadroomSteps(this.settings.operator.DENWABAN_HEADROOM_STEPS), floorBytes: LOW_WATER_BYTES },
    });
  }

  /** Nobody waits for it: a disk that fills up must be noticed while the database hangs. */
  private refreshRate(): void {
    const now = performance.now();
    if (now - this.askedAt < RATE_FRESH_MS) return;
    this.askedAt = now;
    this.rates.rate().then(
      (rate) => (this.rate = rate),
      () => (this.askedAt = -Infinity),
    );
  }
}

async function spaceOf(directory: string): Promise<Space | null> {
  try {
    const [{ bavail, blocks, bsize }, { dev }] = await Promise.all([statfs(directory), stat(directory)]);
    return { device: dev, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
