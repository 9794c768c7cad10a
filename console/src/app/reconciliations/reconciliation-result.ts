import { Component, computed, input, resource, inject } from '@angular/core';
import { toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { readReconciliation } from '../api/generated/functions.ts';
import { type ReconciliationSummary } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { Notice } from '../ui/notice.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { ReconciliationFindings } from './reconciliation-findings.ts';
import { KINDS, foundIn, isUnderWay, orderWords, orderedBy, reconciliationSign } from './reconciliation-words.ts';

/** What one reconciliation looked at, what it found, and what it did. */
@Component({
  selector: 'dw-reconciliation-result',
  imports: [DateTimePipe, FailureNotice, Notice, ReconciliationFindings, SignChip, Skeleton],
  templateUrl: './reconciliation-result.html',
  styles: `
    section {
      display: flex;
      flex-direction: column;
      gap: 1rem;
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.5rem 0.75rem;
    }
  `,
})
export class ReconciliationResult {
  private readonly api = inject(Api);
  readonly reconciliation = input.required<ReconciliationSummary>();

  /** Asked for once it is over, and only when there is something to name. */
  protected readonly detail = resource({
    params: () => {
      const shown = this.reconciliation();
      return foundIn(shown) > 0 ? shown.id : undefined;
    },
    loader: ({ params }) => this.api.invoke(readReconciliation, { id: params }),
  });
  protected readonly failure = computed(() => {
    const error = this.detail.error();
    return error ? toApiFailure(error) : null;
  });
  protected readonly underWay = computed(() => isUnderWay(this.reconciliation()));
  protected readonly sign = computed(() => reconciliationSign(this.reconciliation()));
  protected readonly orderedBy = computed(() => orderedBy(this.reconciliation()));
  protected readonly order = computed(() => orderWords(this.reconciliation()));
  protected readonly found = computed(() => foundIn(this.reconciliation()));
  protected readonly kinds = computed(() => {
    const findings = this.detail.hasValue() ? this.detail.value().findings : [];
    const counts = this.reconciliation().counts?.found ?? {};
    return KINDS.flatMap((kind) => {
      const count = counts[kind] ?? 0;
      return count === 0 ? [] : [{ kind, count, findings: findings.filter((finding) => finding.kind === kind) }];
    });
  });
}
