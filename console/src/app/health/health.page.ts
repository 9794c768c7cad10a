import { Component, computed, inject } from '@angular/core';
import { FailureNotice } from '../api/failure-notice.ts';
import { type HealthStatus } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { type Sign } from '../calls/call-words.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { STATUS_WORDS, partName } from './attention-items.ts';
import { Attention } from './attention.ts';
import { formatBytes } from './bytes.ts';

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
    const usedPercent = Math.round((1 - storage.freeBytes / Math.max(1, storage.totalBytes)) * 100);
    const free = formatBytes(storage.freeBytes);
    return { free, total: formatBytes(storage.totalBytes), usedPercent, hours: hoursLeft(storage.hoursLeft) };
  });

  constructor() {
    void this.attention.refresh();
  }
}

/** Days once hours say nothing to anybody. */
function hoursLeft(hours: number): string {
  const days = Math.floor(hours / 24);
  return hours < 24 * 7
    ? $localize`:@@health.hoursLeft:約${Math.floor(hours)}:hours:時間分`
    : $localize`:@@health.daysLeft:約${Math.floor(hours).toLocaleString('en')}:hours:時間分(連続して録音して${days.toLocaleString('en')}:days:日分)`;
}
