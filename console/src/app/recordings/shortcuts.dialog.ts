import { DialogRef } from '@angular/cdk/dialog';
import { Component, inject } from '@angular/core';
import { PlayerPreferences } from './player-preferences.ts';

const KEYS: { keys: string[]; does: string; single: boolean }[] = [
  { keys: ['Space', 'K'], does: $localize`:@@shortcuts.toggle:再生 / 一時停止`, single: true },
  { keys: ['J'], does: $localize`:@@shortcuts.back10:10秒戻る`, single: true },
  { keys: ['L'], does: $localize`:@@shortcuts.forward10:10秒進む`, single: true },
  { keys: ['M'], does: $localize`:@@shortcuts.mute:消音の切り替え`, single: true },
  { keys: ['?'], does: $localize`:@@shortcuts.help:この一覧を開く`, single: true },
  { keys: ['←', '→'], does: $localize`:@@shortcuts.skip5:5秒戻る / 進む`, single: false },
  { keys: ['Shift + ←', 'Shift + →'], does: $localize`:@@shortcuts.skip30:30秒戻る / 進む`, single: false },
];

@Component({
  selector: 'dw-shortcuts-dialog',
  template: `
    <div class="dialog">
      <h2 id="shortcuts-heading" tabindex="-1" i18n="@@shortcuts.heading">再生のキー操作</h2>
      <table class="table">
        <thead>
          <tr>
            <th scope="col" i18n="@@shortcuts.key">キー</th>
            <th scope="col" i18n="@@shortcuts.does">動作</th>
          </tr>
        </thead>
        <tbody>
          @for (row of keys; track row.does) {
            <tr [class.off]="row.single && preferences.singleKeys() === 'off'">
              <td>
                @for (key of row.keys; track key) {
                  <kbd>{{ key }}</kbd>
                }
              </td>
              <td>{{ row.does }}</td>
            </tr>
          }
        </tbody>
      </table>
      <label class="check">
        <input
          type="checkbox"
          [checked]="preferences.singleKeys() === 'on'"
          (change)="preferences.singleKeys.set(preferences.singleKeys() === 'on' ? 'off' : 'on')"
        />
        <span i18n="@@shortcuts.singleKeys">文字キー1つの操作(Space、J、K、L、M、?)を使う</span>
      </label>
      <p class="small muted" i18n="@@shortcuts.note">文字を入力している間は、キー操作は働きません。</p>
      <div class="actions">
        <button type="button" class="button solid" (click)="dialog.close()" i18n="@@dialog.close">閉じる</button>
      </div>
    </div>
  `,
  styles: `
    kbd {
      display: inline-block;
      min-width: 1.75rem;
      margin-inline-end: 0.375rem;
      padding: 0.125rem 0.375rem;
      border: 1px solid var(--dw-line-strong);
      border-radius: var(--border-radius-4);
      background: var(--dw-surface-sunken);
      font-family: inherit;
      text-align: center;
      white-space: nowrap;
    }
    .off {
      color: var(--dw-text-muted);
      text-decoration: line-through;
    }
  `,
})
export class ShortcutsDialog {
  protected readonly dialog = inject(DialogRef);
  protected readonly preferences = inject(PlayerPreferences);
  protected readonly keys = KEYS;
}
