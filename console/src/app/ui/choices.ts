import { Component, input, output } from '@angular/core';

export interface Choice<Id extends string = string> {
  id: Id;
  name: string;
  note: string;
}

/** One of a few things, each with what it means. */
@Component({
  selector: 'dw-choices',
  template: `
    <fieldset class="choices">
      <legend class="field-label">{{ label() }}</legend>
      @for (choice of choices(); track choice.id) {
        <label class="choice">
          <input
            type="radio"
            [name]="fieldId()"
            [value]="choice.id"
            [checked]="value() === choice.id"
            (change)="chosen.emit(choice.id)"
          />
          <span
            >{{ choice.name }} <span class="hint">{{ choice.note }}</span></span
          >
        </label>
      }
    </fieldset>
  `,
})
export class Choices<Id extends string> {
  readonly label = input.required<string>();
  readonly fieldId = input.required<string>();
  readonly choices = input.required<readonly Choice<Id>[]>();
  readonly value = input.required<Id>();
  readonly chosen = output<Id>();
}
