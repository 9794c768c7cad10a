import { Component, computed, input } from '@angular/core';
import { type RecordingDeletion } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { Notice } from '../ui/notice.ts';
import { deletionRuleWords } from './recording-words.ts';

/** What stands in place of the player once a recording is deleted. */
@Component({
  selector: 'dw-deletion-notice',
  imports: [DateTimePipe, Notice],
  template: `
    <dw-notice kind="info" heading="この録音は削除済みです。" i18n-heading="@@deletionNotice.heading">
      @if (deletion(); as shown) {
        <dl class="facts small">
          <dt i18n="@@deletionNotice.at">削除日時</dt>
          <dd>{{ shown.at | dwDateTime: 'seconds' }}</dd>
          <dt i18n="@@deletionNotice.rule">規則</dt>
          <dd>{{ rule() }}</dd>
          <dt i18n="@@deletionNotice.by">実行者</dt>
          <dd>
            @if (shown.by; as by) {
              {{ by.name ?? by.id }}
            } @else {
              <ng-container i18n="@@deletionNotice.byRule">規則による自動削除</ng-container>
            }
          </dd>
          <dt i18n="@@deletionNotice.reason">理由</dt>
          <dd class="reason">{{ shown.reason ?? '－' }}</dd>
        </dl>
      }
      <p class="small" i18n="@@deletionNotice.text">
        音声は復元できません。いつ・だれが・どの規則で削除したかは、操作記録に残っています。
      </p>
    </dw-notice>
  `,
  styles: `
    .reason {
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
  `,
})
export class DeletionNotice {
  /** null = not known yet, or not for this person to know. */
  readonly deletion = input.required<RecordingDeletion | null>();
  protected readonly rule = computed(() => deletionRuleWords(this.deletion()?.rule ?? ''));
}
