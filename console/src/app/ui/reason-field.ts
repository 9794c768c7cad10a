import { Component, type ElementRef, computed, input, model, output, viewChild } from '@angular/core';
import {
  type FormValueControl,
  type SchemaPath,
  type ValidationError,
  maxLength,
  required,
  validate,
} from '@angular/forms/signals';

const LONGEST = 500;
const MISSING = $localize`:@@reason.missing:理由を入力してください`;
const TOO_LONG = $localize`:@@reason.tooLong:500文字までにしてください`;

/** A reason that says something, as the API wants it. */
export function reasonGiven(path: SchemaPath<string>): void {
  required(path, { message: MISSING });
  validate(path, ({ value }) => (value() !== '' && value().trim() === '' ? { kind: 'blank', message: MISSING } : null));
  maxLength(path, LONGEST, { message: TOO_LONG });
}

/** Why somebody does something, in their own words, for the audit trail. */
@Component({
  selector: 'dw-reason-field',
  template: `
    <div class="field">
      <label [attr.for]="fieldId()">{{ label() }}</label>
      <p class="hint" [id]="fieldId() + '-hint'">{{ hint() }}</p>
      <textarea
        #control
        class="input"
        rows="3"
        [id]="fieldId()"
        [value]="value()"
        [attr.aria-required]="required()"
        [attr.aria-invalid]="mistake() ? 'true' : null"
        [attr.aria-describedby]="describedBy()"
        (input)="value.set(control.value)"
        (blur)="touch.emit()"
      ></textarea>
      @if (mistake(); as message) {
        <p class="mistake" [id]="fieldId() + '-mistake'">{{ message }}</p>
      }
    </div>
  `,
})
export class ReasonField implements FormValueControl<string> {
  readonly value = model('');
  readonly touched = input(false);
  readonly required = input(false);
  readonly errors = input<readonly ValidationError.WithOptionalFieldTree[]>([]);
  readonly touch = output();

  readonly label = input.required<string>();
  readonly hint = input.required<string>();
  readonly fieldId = input.required<string>();

  private readonly control = viewChild.required<ElementRef<HTMLTextAreaElement>>('control');
  protected readonly mistake = computed(() => (this.touched() ? this.errors()[0]?.message : undefined));
  protected readonly describedBy = computed(
    () => `${this.fieldId()}-hint${this.mistake() ? ` ${this.fieldId()}-mistake` : ''}`,
  );

  focus(options?: FocusOptions): void {
    this.control().nativeElement.focus(options);
  }
}
