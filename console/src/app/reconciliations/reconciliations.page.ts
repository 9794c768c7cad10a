import { Dialog } from '@angular/cdk/dialog';
import {
  Component,
  DestroyRef,
  DOCUMENT,
  Injector,
  afterNextRender,
  computed,
  inject,
  linkedSignal,
  resource,
  signal,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { firstValueFrom, interval } from 'rxjs';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { listReconciliations, orderReconciliation } from '../api/generated/functions.ts';
import { type ReconciliationSummary } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { Icon } from '../ui/icon.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { ReconciliationResult } from './reconciliation-result.ts';
import { foundIn, isUnderWay, orderWords, orderedBy, reconciliationSign } from './reconciliation-words.ts';
import { TidyingDialog } from './tidying.dialog.ts';

const LOOK_MS = 2000;

/** 照合: has recordings, files and keys held against each other, and shows what did not agree. */
@Component({
  selector: 'dw-reconciliations-page',
  imports: [DateTimePipe, FailureNotice, Icon, ReconciliationResult, SignChip, Skeleton],
  templateUrl: './reconciliations.page.html',
  styleUrl: './reconciliations.page.css',
})
export class ReconciliationsPage {
  private readonly api = inject(Api);
  private readonly dialog = inject(Dialog);
  private readonly document = inject(DOCUMENT);
  private readonly injector = inject(Injector);

  protected readonly list = resource({ loader: () => this.api.invoke(listReconciliations) });
  protected readonly failure = computed(() => {
    const error = this.list.error();
    return error ? toApiFailure(error) : null;
  });
  /** Those known stay on the screen while asking again fails. */
  protected readonly all = linkedSignal<ReconciliationSummary[] | null, ReconciliationSummary[]>({
    source: () => (this.list.hasValue() ? this.list.value().reconciliations : null),
    computation: (now, before) => now ?? before?.value ?? [],
  });
  private readonly chosen = signal<string | null>(null);
  /** The one that was asked for, else the newest. */
  protected readonly shown = computed(() => this.all().find(({ id }) => id === this.chosen()) ?? this.all()[0] ?? null);
  protected readonly thorough = signal(false);
  protected readonly ordering = signal(false);
  protected readonly orderFailure = signal<ApiFailure | null>(null);

  protected readonly signOf = reconciliationSign;
  protected readonly foundIn = foundIn;
  protected readonly orderWords = orderWords;
  protected readonly orderedBy = orderedBy;

  constructor() {
    // Only while one is under way: a screen left open does not keep anybody logged in.
    interval(LOOK_MS)
      .pipe(takeUntilDestroyed(inject(DestroyRef)))
      .subscribe(() => {
        const wanted = this.failure() === null && this.all().some(isUnderWay);
        if (wanted && !this.document.hidden) this.list.reload();
      });
  }

  protected show(id: string): void {
    this.chosen.set(id);
    afterNextRender(() => this.document.getElementById('result-heading')?.focus(), { injector: this.injector });
  }

  protected check(): Promise<void> {
    return this.order(true);
  }

  protected async tidy(): Promise<void> {
    if (this.ordering()) return;
    const opened = this.dialog.open<boolean>(TidyingDialog, {
      ariaModal: true,
      ariaLabelledBy: 'tidying-heading',
      autoFocus: '#tidying-heading',
    });
    if (await firstValueFrom(opened.closed)) await this.order(false);
  }

  private async order(dryRun: boolean): Promise<void> {
    if (this.ordering()) return;
    this.ordering.set(true);
    this.orderFailure.set(null);
    try {
      const { id } = await this.api.invoke(orderReconciliation, { body: { dryRun, thorough: this.thorough() } });
      this.chosen.set(id);
      this.list.reload();
    } catch (error) {
      this.orderFailure.set(toApiFailure(error));
    } finally {
      this.ordering.set(false);
    }
  }
}
