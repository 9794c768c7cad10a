import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject, signal } from '@angular/core';
import { FormField, FormRoot, type TreeValidationResult, applyWhen, form, required } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { createExport } from '../api/generated/functions.ts';
import {
  type AudioSide,
  type Export,
  type ExportFormat,
  type ExportOrder,
  type ListEncoding,
} from '../api/generated/models.ts';
import { PasswordField } from '../session/password-field.ts';
import { Choices } from '../ui/choices.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { ReasonField, reasonGiven } from '../ui/reason-field.ts';
import { type ExportSubject } from './export-launcher.ts';
import { ENCODINGS, FORMATS, SIDES } from './export-words.ts';
import { typeableAnywhere, typedAgain } from './passphrase-rules.ts';

interface Typed {
  format: ExportFormat;
  side: AudioSide;
  listEncoding: ListEncoding;
  reason: string;
  passphrase: string;
  again: string;
}

/** Asks in which form and why, and makes the export. Closes with it. */
@Component({
  selector: 'dw-export-dialog',
  imports: [Choices, FailureNotice, FormField, FormRoot, PasswordField, ReasonField],
  templateUrl: './export.dialog.html',
})
export class ExportDialog {
  protected readonly dialog = inject<DialogRef<Export>>(DialogRef);
  private readonly subject = inject<ExportSubject>(DIALOG_DATA);
  private readonly api = inject(Api);
  protected readonly formats = FORMATS;
  protected readonly sides = SIDES;
  protected readonly encodings = ENCODINGS;
  protected readonly failure = signal<ApiFailure | null>(null);
  protected readonly protected = signal(false);
  protected readonly count = signal('callIds' in this.subject ? this.subject.callIds.length : null);
  protected readonly typed = signal<Typed>({
    ...{ format: 'mp3', side: 'both', listEncoding: 'utf-8' },
    ...{ reason: '', passphrase: '', again: '' },
  });

  protected readonly form = form(
    this.typed,
    (path) => {
      reasonGiven(path.reason);
      applyWhen(
        path,
        () => this.protected(),
        (wanted) => {
          required(wanted.passphrase, {
            message: $localize`:@@export.passphraseMissing:パスフレーズを入力してください`,
          });
          typeableAnywhere(wanted.passphrase);
          typedAgain(wanted.again, wanted.passphrase);
        },
      );
    },
    {
      submission: {
        action: () => this.send(),
        onInvalid: focusFirstMistake,
      },
    },
  );

  /** What was sealed has both sides; a side alone would have to be made. */
  protected chooseFormat(format: ExportFormat): void {
    this.typed.update((typed) => ({ ...typed, format, ...(format === 'original' ? { side: 'both' as const } : {}) }));
  }

  /** What is not wanted any more is not kept either. */
  protected protect(): void {
    this.protected.update((before) => !before);
    this.typed.update((typed) => ({ ...typed, passphrase: '', again: '' }));
  }

  private async send(): Promise<TreeValidationResult> {
    this.failure.set(null);
    const { format, side, listEncoding, reason, passphrase } = this.typed();
    const body: ExportOrder = {
      ...('callIds' in this.subject ? { callIds: [...this.subject.callIds] } : { search: this.subject.search }),
      ...{ format, side, listEncoding, reason: reason.trim() },
      ...(this.protected() ? { passphrase } : {}),
    };
    try {
      this.dialog.close(await this.api.invoke(createExport, { body }));
      return null;
    } catch (error) {
      const failure = toApiFailure(error);
      this.failure.set(failure);
      return (['reason', 'passphrase'] as const).flatMap((field) =>
        failure.problemsOf(field).map(({ message }) => ({ kind: 'api', message, fieldTree: this.form[field] })),
      );
    }
  }
}
