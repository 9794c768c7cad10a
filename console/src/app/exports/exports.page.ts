import { Dialog } from '@angular/cdk/dialog';
import { Component, DestroyRef, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { firstValueFrom, interval } from 'rxjs';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { listExports, readExport, reserveExportPlace } from '../api/generated/functions.ts';
import { type Export } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { formatBytes } from '../health/bytes.ts';
import { Icon } from '../ui/icon.ts';
import { KeysetList } from '../ui/keyset-list.ts';
import { ListEnd } from '../ui/list-end.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { EXPORT_STATE, formatName } from './export-words.ts';
import { SaveLink } from './save-link.ts';

const LOOK_MS = 2000;
/** A download that was just asked for shows itself within this. */
const STARTING_MS = 20_000;

@Component({
  selector: 'dw-exports-page',
  imports: [DateTimePipe, FailureNotice, Icon, ListEnd, SignChip, Skeleton],
  templateUrl: './exports.page.html',
  styleUrl: './exports.page.css',
})
export class ExportsPage {
  private readonly api = inject(Api);
  private readonly dialog = inject(Dialog);
  private readonly save = inject(SaveLink);
  private startedAtMs = Number.NEGATIVE_INFINITY;
  protected readonly list = new KeysetList<Export, null>(async (_, cursor) => {
    const { exports, nextCursor } = await this.api.invoke(listExports, cursor === null ? {} : { cursor });
    return { items: exports, nextCursor };
  });
  protected readonly empty = computed(() => this.list.status() === 'ready' && this.list.items().length === 0);
  /** Why the download that was asked for last could not begin. */
  protected readonly refusal = signal<ApiFailure | null>(null);
  protected readonly signs = EXPORT_STATE;
  protected readonly formatName = formatName;
  protected readonly formatBytes = formatBytes;

  constructor() {
    void this.list.search(null);
    // Only while there is something to see: a screen left open does not keep anybody logged in.
    interval(LOOK_MS)
      .pipe(takeUntilDestroyed(inject(DestroyRef)))
      .subscribe(() => void this.look());
  }

  protected refresh(): Promise<void> {
    return this.list.search(null);
  }

  protected downloadable({ own, state }: Export): boolean {
    return own && state !== 'running' && state !== 'expired';
  }

  protected async download(wanted: Export): Promise<void> {
    this.refusal.set(null);
    if (wanted.passphraseNeeded && !(await this.askPassphrase(wanted.id))) return;
    try {
      // The browser saves by itself from here on, and has no words for what stands in the way.
      await this.api.invoke(reserveExportPlace, { id: wanted.id });
    } catch (error) {
      this.refusal.set(toApiFailure(error));
      return;
    }
    this.startedAtMs = performance.now();
    this.save.follow(`/api/v1/exports/${wanted.id}/archive`);
    this.list.replace({ ...wanted, state: 'running', progress: { ...wanted.progress, done: 0, sizeBytes: 0 } });
  }

  private async askPassphrase(id: string): Promise<boolean> {
    const { PassphraseDialog } = await import('./passphrase.dialog.ts');
    const opened = this.dialog.open<boolean>(PassphraseDialog, {
      data: id,
      ariaModal: true,
      ariaLabelledBy: 'passphrase-heading',
      autoFocus: '#passphrase',
    });
    return (await firstValueFrom(opened.closed)) ?? false;
  }

  private async look(): Promise<void> {
    const starting = performance.now() - this.startedAtMs < STARTING_MS;
    const running = this.list.items().filter(({ state, own }) => state === 'running' || (starting && own));
    if (document.hidden || running.length === 0) return;
    for (const { id } of running) {
      try {
        this.list.replace(await this.api.invoke(readExport, { id }));
      } catch (error) {
        // The next look may succeed; what is wrong for good is told when the person asks for something.
        if (toApiFailure(error).status !== 0) return;
      }
    }
  }
}
