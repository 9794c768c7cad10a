import { Component, computed, input } from '@angular/core';

/** Stands where rows will be, so that nothing jumps when they come. */
@Component({
  selector: 'dw-skeleton',
  template: `
    <p class="visually-hidden" i18n="@@skeleton.loading">読み込んでいます…</p>
    @for (row of list(); track row) {
      <div class="row" aria-hidden="true"></div>
    }
  `,
  styles: `
    .row {
      height: 1.5rem;
      margin-block: 0.75rem;
      border-radius: var(--border-radius-4);
      background: var(--color-neutral-solid-gray-100);
      animation: pulse 1.6s ease-in-out infinite alternate;
    }
    @keyframes pulse {
      to {
        opacity: 0.5;
      }
    }
  `,
})
export class Skeleton {
  readonly rows = input(4);
  protected readonly list = computed(() => Array.from({ length: this.rows() }, (_, row) => row));
}
