import { DialogRef } from '@angular/cdk/dialog';
import { Component, inject } from '@angular/core';
import { LogInForm } from './log-in-form.ts';
import { Session } from './session.ts';

@Component({
  selector: 'dw-session-renewal-dialog',
  imports: [LogInForm],
  template: `
    <div class="dialog">
      <h2 id="session-renewal-heading" i18n="@@renewal.heading">もう一度ログインしてください</h2>
      <p i18n="@@renewal.text">ログインの有効期限が切れました。ログインすると、入力した内容のまま続けられます。</p>
      <dw-log-in-form [knownLogin]="login" (loggedIn)="resume()" />
      <button type="button" class="button quiet" (click)="leave()" i18n="@@renewal.leave">
        ログイン画面に移動する
      </button>
    </div>
  `,
})
export class SessionRenewalDialog {
  private readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  private readonly session = inject(Session);
  private readonly before = this.session.user();
  protected readonly login = this.before?.login ?? '';

  protected resume(): void {
    // Somebody else's screen must not be shown to the person who logged in now.
    if (this.session.user()?.id === this.before?.id) this.dialog.close(true);
    else this.leave();
  }

  protected leave(): void {
    location.assign(document.baseURI);
  }
}
