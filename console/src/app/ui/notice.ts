import { Component, computed, input } from '@angular/core';
import { Icon, type IconName } from './icon.ts';

export type NoticeKind = 'info' | 'success' | 'warning' | 'error';

const ICONS: Record<NoticeKind, IconName> = { info: 'info', success: 'success', warning: 'warning', error: 'error' };

/** A banner in the page's flow. The word of its kind is spoken, so that the colour is not the only sign. */
@Component({
  selector: 'dw-notice',
  imports: [Icon],
  template: `
    <dw-icon [name]="icon()" />
    <div class="body">
      <p class="heading">
        <span class="visually-hidden">{{ kindName() }}: </span>{{ heading() }}
      </p>
      <ng-content />
    </div>
  `,
  styles: `
    :host {
      display: flex;
      gap: 0.75rem;
      padding: 0.75rem 1rem;
      border: 2px solid var(--kind);
      border-inline-start-width: 0.75rem;
      border-radius: var(--border-radius-6);
      background: var(--dw-surface);
    }
    dw-icon {
      flex: none;
      margin-top: 0.1875rem;
      color: var(--kind);
      font-size: 1.375rem;
    }
    .body {
      display: flex;
      flex-direction: column;
      gap: 0.375rem;
      min-width: 0;
    }
    .heading {
      font-weight: 700;
    }
  `,
  host: { '[style.--kind]': 'colour()' },
})
export class Notice {
  readonly kind = input<NoticeKind>('info');
  readonly heading = input.required<string>();
  protected readonly icon = computed(() => ICONS[this.kind()]);
  protected readonly colour = computed(() => `var(--dw-${this.kind()})`);
  protected readonly kindName = computed(() => KIND_NAMES[this.kind()]);
}

const KIND_NAMES: Record<NoticeKind, string> = {
  info: $localize`:@@notice.info:お知らせ`,
  success: $localize`:@@notice.success:完了`,
  warning: $localize`:@@notice.warning:注意`,
  error: $localize`:@@notice.error:エラー`,
};
