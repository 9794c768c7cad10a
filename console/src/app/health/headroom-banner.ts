import { Component, computed, inject } from '@angular/core';
import { Notice } from '../ui/notice.ts';
import { Attention } from './attention.ts';
import { headroomWords } from './headroom-words.ts';

/** On every screen, from the second step on: whoever looks at the console learns that room runs out, in time to act. */
@Component({
  selector: 'dw-headroom-banner',
  imports: [Notice],
  template: `
    <div role="status">
      @if (words(); as said) {
        <dw-notice [kind]="said.kind" [heading]="said.what">
          <p>{{ said.todo }}</p>
        </dw-notice>
      }
    </div>
  `,
  styles: `
    :host {
      display: block;
    }
    dw-notice {
      margin-block-end: 1rem;
    }
  `,
})
export class HeadroomBanner {
  private readonly attention = inject(Attention);
  protected readonly words = computed(() => {
    const storage = this.attention.details()?.storage;
    return storage && storage.level !== 'notice' ? headroomWords(storage) : null;
  });
}
