import { Component, type Resource, computed, input, output } from '@angular/core';
import { toApiFailure } from '../../api/api-failure.ts';
import { FailureNotice } from '../../api/failure-notice.ts';
import { type CallPhones } from '../../api/generated/models.ts';
import { Skeleton } from '../../ui/skeleton.ts';

/** Stands where phones are going to be chosen, until they are known; says so when they cannot be. */
@Component({
  selector: 'dw-phones-awaited',
  imports: [FailureNotice, Skeleton],
  template: `
    @if (failure(); as failed) {
      <dw-failure-notice [failure]="failed" [retryable]="failed.status !== 409" (retry)="retry.emit()" />
    } @else {
      <dw-skeleton [rows]="rows()" />
    }
  `,
})
export class PhonesAwaited {
  readonly phones = input.required<Resource<CallPhones | undefined>>();
  readonly rows = input.required<number>();
  readonly retry = output();

  protected readonly failure = computed(() => {
    const error = this.phones().error();
    return error ? toApiFailure(error) : null;
  });
}
