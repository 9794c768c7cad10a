import { Component, inject, signal } from '@angular/core';
import {
  FormField,
  FormRoot,
  type TreeValidationResult,
  form,
  minLength,
  required,
  validate,
} from '@angular/forms/signals';
import { RouterLink } from '@angular/router';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { Notice } from '../ui/notice.ts';
import { PasswordField } from './password-field.ts';
import { Session } from './session.ts';

/** NIST SP 800-63B as the API holds it: length counts, composition does not. */
const LEAST_LENGTH = 12;

@Component({
  selector: 'dw-password-page',
  imports: [FormField, FormRoot, RouterLink, FailureNotice, Notice, PasswordField],
  templateUrl: './password.page.html',
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 1.25rem;
      max-width: 36rem;
    }
    .page-head {
      margin: 0;
    }
    form {
      display: flex;
      flex-direction: column;
      gap: 1.25rem;
    }
    button {
      align-self: flex-start;
    }
  `,
})
export class PasswordPage {
  protected readonly session = inject(Session);
  protected readonly changed = signal(false);
  protected readonly failure = signal<ApiFailure | null>(null);
  private readonly typed = signal({ currentPassword: '', newPassword: '', again: '' });

  protected readonly form = form(
    this.typed,
    (path) => {
      required(path.currentPassword, {
        message: $localize`:@@passwordChange.currentMissing:現在のパスワードを入力してください`,
      });
      required(path.newPassword, {
        message: $localize`:@@passwordChange.newMissing:新しいパスワードを入力してください`,
      });
      minLength(path.newPassword, LEAST_LENGTH, {
        message: $localize`:@@passwordChange.tooShort:12文字以上にしてください`,
      });
      validate(path.newPassword, ({ value, valueOf }) =>
        value() !== '' && value() === valueOf(path.currentPassword)
          ? { kind: 'same', message: $localize`:@@passwordChange.same:現在のパスワードとは違うものにしてください` }
          : null,
      );
      required(path.again, { message: $localize`:@@passwordChange.againMissing:確認のため、もう一度入力してください` });
      validate(path.again, ({ value, valueOf }) =>
        value() !== '' && value() !== valueOf(path.newPassword)
          ? { kind: 'different', message: $localize`:@@passwordChange.different:新しいパスワードと一致していません` }
          : null,
      );
    },
    {
      submission: {
        action: () => this.send(),
        onInvalid: focusFirstMistake,
      },
    },
  );

  private async send(): Promise<TreeValidationResult> {
    this.failure.set(null);
    const { currentPassword, newPassword } = this.typed();
    try {
      await this.session.changePassword({ currentPassword, newPassword });
      this.changed.set(true);
      return null;
    } catch (error) {
      const failure = toApiFailure(error);
      this.failure.set(failure);
      return (['currentPassword', 'newPassword'] as const).flatMap((field) =>
        failure.problemsOf(field).map(({ message }) => ({ kind: 'api', message, fieldTree: this.form[field] })),
      );
    }
  }
}
