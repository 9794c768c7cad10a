import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { FormField, FormRoot, form, readonly, required } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { PasswordField } from './password-field.ts';
import { Session } from './session.ts';

/** Name and password. Nothing here hinders password managers or pasting. */
@Component({
  selector: 'dw-log-in-form',
  imports: [FormField, FormRoot, FailureNotice, PasswordField],
  templateUrl: './log-in-form.html',
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 1.25rem;
    }
  `,
})
export class LogInForm {
  private readonly session = inject(Session);

  /** Prefilled and fixed when a known person comes back. */
  readonly knownLogin = input('');
  readonly loggedIn = output();

  protected readonly failure = signal<ApiFailure | null>(null);
  protected readonly credentials = linkedSignal(() => ({ login: this.knownLogin(), password: '' }));
  protected readonly form = form(
    this.credentials,
    (path) => {
      readonly(path.login, { when: () => this.knownLogin() !== '' });
      required(path.login, { message: $localize`:@@logIn.loginMissing:ログインIDを入力してください` });
      required(path.password, { message: $localize`:@@logIn.passwordMissing:パスワードを入力してください` });
    },
    {
      submission: {
        action: () => this.send(),
        onInvalid: focusFirstMistake,
      },
    },
  );
  protected readonly loginMistake = computed(() => {
    const { touched, errors } = this.form.login();
    return touched() ? errors()[0]?.message : undefined;
  });

  private async send(): Promise<void> {
    this.failure.set(null);
    try {
      await this.session.logIn({ ...this.credentials(), login: this.credentials().login.trim() });
      this.loggedIn.emit();
    } catch (error) {
      this.failure.set(toApiFailure(error));
      this.form.password().reset('');
      this.form.password().focusBoundControl();
    }
  }
}
