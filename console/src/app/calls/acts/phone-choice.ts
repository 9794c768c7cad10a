import { Component, computed, input, model, output, signal } from '@angular/core';
import { type FormValueControl, type SchemaPath, type ValidationError, required } from '@angular/forms/signals';
import { type CallPhone } from '../../api/generated/models.ts';
import { PHONE_STATE, canRing, phoneWords } from '../../phones/phone-words.ts';

/** From so many phones on, they are looked for by name or extension. */
const MANY = 12;

export function phoneChosen(path: SchemaPath<string>): void {
  required(path, { message: $localize`:@@phoneChoice.missing:電話機を選んでください` });
}

/** One phone of several, told by name and extension; those that would not ring say so. */
@Component({
  selector: 'dw-phone-choice',
  template: `
    <div class="field">
      <label [attr.for]="fieldId()">{{ label() }}</label>
      @if (many()) {
        <input
          #wanted
          type="search"
          class="input"
          [attr.aria-controls]="fieldId()"
          aria-label="名前や内線番号で絞り込む"
          i18n-aria-label="@@phoneChoice.filter"
          placeholder="名前や内線番号で絞り込む"
          i18n-placeholder="@@phoneChoice.filter"
          (input)="filter.set(wanted.value)"
        />
      }
      <select
        #control
        class="input"
        [id]="fieldId()"
        [attr.aria-required]="true"
        [attr.aria-invalid]="mistake() ? 'true' : null"
        [attr.aria-describedby]="mistake() ? fieldId() + '-mistake' : null"
        (change)="value.set(control.value)"
        (blur)="touch.emit()"
      >
        <option value="" [selected]="value() === ''" i18n="@@phoneChoice.none">選んでください</option>
        @for (phone of offered(); track phone.id) {
          <option [value]="phone.id" [selected]="phone.id === value()">{{ words(phone) }}</option>
        }
      </select>
      @if (mistake(); as message) {
        <p class="mistake" [id]="fieldId() + '-mistake'">{{ message }}</p>
      }
    </div>
  `,
})
export class PhoneChoice implements FormValueControl<string> {
  readonly value = model('');
  readonly touched = input(false);
  readonly errors = input<readonly ValidationError.WithOptionalFieldTree[]>([]);
  readonly touch = output();

  readonly label = input.required<string>();
  readonly fieldId = input.required<string>();
  readonly phones = input.required<readonly CallPhone[]>();

  protected readonly filter = signal('');
  protected readonly many = computed(() => this.phones().length >= MANY);
  /** What is chosen stays offered, so that nobody sends what the screen does not show. */
  protected readonly offered = computed(() => {
    const wanted = this.filter().normalize('NFKC').trim().toLowerCase();
    return this.phones().filter(
      (phone) => phone.id === this.value() || phoneWords(phone).normalize('NFKC').toLowerCase().includes(wanted),
    );
  });
  protected readonly mistake = computed(() => (this.touched() ? this.errors()[0]?.message : undefined));

  protected words(phone: CallPhone): string {
    const name = phoneWords(phone);
    return canRing(phone.state) ? name : `${name} － ${PHONE_STATE[phone.state].label}`;
  }
}
