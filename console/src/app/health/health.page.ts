import { Component, computed, inject } from '@angular/core';
import { FailureNotice } from '../api/failure-notice.ts';
import { type HealthStatus, type Storage } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { type Sign } from '../calls/call-words.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { STATUS_WORDS, partDetail, partName } from './attention-items.ts';
import { Attention } from './attention.ts';
import { formatBytes } from './bytes.ts';
import { howLong } from './headroom-words.ts';

const SIGNS: Record<HealthStatus, Sign> = {
  ok: { label: STATUS_WORDS.ok, icon: 'success', tone: 'success' },
  degraded: { label: STATUS_WORDS.degraded, icon: 'warning', tone: 'warning' },
  down: { label: STATUS_WORDS.down, icon: 'error', tone: 'error' },
};

/** Trunks and phones are not stopped, they do not answer. */
const REACH: Record<HealthStatus, Sign> = {
  ok: { ...SIGNS.ok, label: $localize`:@@reach.ok:接続中` },
  degraded: SIGNS.degraded,
  down: { ...SIGNS.down, label: $localize`:@@reach.down:応答なし` },
};

const PLACES: Record<Storage['places'][number]['place'], string> = {
  both: $localize`:@@place.both:録音スプールと録音庫`,
  spool: $localize`:@@part.spool:録音スプール`,
  vault: $localize`:@@part.vault:録音庫`,
};

@Component({
  selector: 'dw-health-page',
  imports: [DateTimePipe, FailureNotice, Icon, Notice, SignChip, Skeleton],
  templateUrl: './health.page.html',
  styleUrl: './health.page.css',
})
export class HealthPage {
  protected readonly attention = inject(Attention);
  protected readonly details = this.attention.details;
  protected readonly signs = SIGNS;
  protected readonly reach = REACH;
  protected readonly partName = partName;
  protected readonly partDetail = partDetail;
  protected readonly things = computed(() => {
    const details = this.details();
    if (!details) return [];
    return [
      {
        id: 'trunks',
        heading: $localize`:@@health.trunks:外線`,
        rows: details.trunks,
        none: $localize`:@@health.noTrunks:外線はまだ登録されていません。`,
      },
      ...(details.pbx ? [{ id: 'pbx', heading: $localize`:@@health.pbx:主装置`, rows: [details.pbx], none: '' }] : []),
      {
        id: 'phones',
        heading: $localize`:@@health.phones:電話機`,
        rows: details.phones,
        none: $localize`:@@health.noPhones:電話機はまだ登録されていません。`,
      },
    ];
  });
  protected readonly versions = computed(() =>
    Object.entries(this.details()?.versions ?? {}).sort(([a], [b]) => a.localeCompare(b)),
  );
  protected readonly storage = computed(() => {
    const storage = this.details()?.storage;
    if (!storage) return null;
    return {
      left: howLong(storage),
      pace: storage.recordedHoursPerDay === null ? null : Math.round(storage.recordedHoursPerDay * 10) / 10,
      measured: storage.measured,
      places: storage.places.map(({ place, freeBytes, totalBytes, ...left }) => ({
        name: PLACES[place],
        left: howLong(left),
        free: formatBytes(freeBytes),
        total: formatBytes(totalBytes),
        usedPercent: Math.round((1 - freeBytes / Math.max(1, totalBytes)) * 100),
      })),
    };
  });

  constructor() {
    void this.attention.refresh();
  }
}
