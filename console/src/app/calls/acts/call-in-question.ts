import { Component, type Signal, computed, inject, input } from '@angular/core';
import { type LiveCall } from '../../api/generated/models.ts';
import { LiveCalls } from '../../live/live-calls.ts';
import { Notice } from '../../ui/notice.ts';
import { OutsideParty } from '../outside-party.ts';
import { OwnLine } from '../own-line.ts';

/** @returns the call as it is now; null once it has ended */
export function followedCall(call: LiveCall): Signal<LiveCall | null> {
  const live = inject(LiveCalls);
  return computed(() => live.inProgress().find(({ id }) => id === call.id) ?? null);
}

/** Names the call that a dialog is about, so that nobody acts on another one; says so when it ends meanwhile. */
@Component({
  selector: 'dw-call-in-question',
  imports: [Notice, OutsideParty, OwnLine],
  template: `
    @let shown = now() ?? call();
    <dl class="facts">
      <dt i18n="@@callTable.number">相手番号</dt>
      <dd><dw-outside-party [call]="shown" /></dd>
      <dt i18n="@@callTable.line">着信番号</dt>
      <dd><dw-own-line [call]="shown" /></dd>
      <dt i18n="@@callTable.deskAndPhone">窓口 / 電話機</dt>
      <dd>{{ shown.desk?.name ?? '－' }} / {{ shown.phone?.name ?? '－' }}</dd>
    </dl>
    @if (!now()) {
      <dw-notice kind="info" role="alert" heading="この通話は終わりました。" i18n-heading="@@acts.ended" />
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 0.75rem;
    }
    dd {
      overflow-wrap: anywhere;
    }
  `,
})
export class CallInQuestion {
  readonly call = input.required<LiveCall>();
  /** The same as it is now; null once it has ended. */
  readonly now = input.required<LiveCall | null>();
}
