import { Component, type ElementRef, computed, input, model, output, signal, viewChild } from '@angular/core';
import { type FormValueControl, type ValidationError } from '@angular/forms/signals';

/** A password with a button to see it. Pasting and password managers work as in any plain input. */
@Component({
  selector: 'dw-password-field',
  template: `
    <div class="field">
      <label [attr.for]="fieldId()">{{ label() }}</label>
      @if (hint(); as text) {
        <p class="hint" [id]="fieldId() + '-hint'">{{ text }}</p>
      }
      <div class="entry">
        <input
          #control
          class="input"
          [id]="fieldId()"
          [type]="shown() ? 'text' : 'password'"
          [attr.autocomplete]="autocomplete()"
          autocapitalize="none"
          spellcheck="false"
          [value]="value()"
          [required]="required()"
          [attr.aria-invalid]="mistake() ? 'true' : null"
          [attr.aria-describedby]="describedBy()"
          (input)="value.set(control.value)"
          (blur)="left()"
          (keyup)="watchCapsLock($event)"
        />
        <button
          type="button"
          class="button compact"
          [attr.aria-pressed]="shown()"
          [attr.aria-controls]="fieldId()"
          (click)="shown.set(!shown())"
          i18n="@@password.show"
        >
          表示
        </button>
      </div>
      @if (capsLock()) {
        <p class="hint" role="status" i18n="@@password.capsLock">Caps Lockがオンになっています。</p>
      }
      @if (mistake(); as message) {
        <p class="mistake" [id]="fieldId() + '-mistake'">{{ message }}</p>
      }
    </div>
  `,
  styles: `
    .entry {
      display: flex;
      align-items: center;
      gap: 0.5rem;
    }
    .button {
      flex: none;
      min-height: 2.75rem;
    }
    .button[aria-pressed='true'] {
      background: var(--dw-accent);
      color: var(--color-neutral-white);
    }
  `,
})
export class PasswordField implements FormValueControl<string> {
  readonly value = model('');
  readonly touched = input(false);
  readonly required = input(false);
  readonly errors = input<readonly ValidationError.WithOptionalFieldTree[]>([]);
  readonly touch = output();

  readonly label = input.required<string>();
  readonly hint = input('');
  readonly fieldId = input.required<string>();
  readonly autocomplete = input.required<'current-password' | 'new-password'>();

  private readonly control = viewChild.required<ElementRef<HTMLInputElement>>('control');
  protected readonly shown = signal(false);
  protected readonly capsLock = signal(false);
  protected readonly mistake = computed(() => (this.touched() ? this.errors()[0]?.message : undefined));
  protected readonly describedBy = computed(() => {
    const ids = [this.hint() && `${this.fieldId()}-hint`, this.mistake() && `${this.fieldId()}-mistake`].filter(
      Boolean,
    );
    return ids.length > 0 ? ids.join(' ') : null;
  });

  focus(options?: FocusOptions): void {
    this.control().nativeElement.focus(options);
  }

  protected watchCapsLock(event: KeyboardEvent): void {
    this.capsLock.set(event.getModifierState('CapsLock'));
  }

  protected left(): void {
    this.capsLock.set(false);
    this.touch.emit();
  }
}
