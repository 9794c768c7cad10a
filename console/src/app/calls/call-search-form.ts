import { Component, LOCALE_ID, computed, inject, input, linkedSignal, output } from '@angular/core';
import { FormField, FormRoot, type ReadonlyFieldState, form, maxLength, validate } from '@angular/forms/signals';
import { CalendarPreference } from '../calendar/calendar-preference.ts';
import { formatDateTime, fromLocalInput } from '../calendar/date-format.ts';
import { foldNumber, formatNumber } from '../phone-numbers/phone-number.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { Icon } from '../ui/icon.ts';
import {
  EMPTY_SEARCH,
  PERIODS,
  type Period,
  type SearchInput,
  isNarrowed,
  isPeriodInOrder,
  isSearchableNumber,
} from './call-search.ts';
import { OUTCOME } from './call-words.ts';

const PERIOD_NAMES: Record<Period, string> = {
  all: $localize`:@@period.all:すべて`,
  today: $localize`:@@period.today:今日`,
  yesterday: $localize`:@@period.yesterday:昨日`,
  week: $localize`:@@period.week:過去7日間`,
  custom: $localize`:@@period.custom:日時を指定`,
};

/** Period, number, outcome. A chosen period searches at once; typed things when the form is sent. */
@Component({
  selector: 'dw-call-search-form',
  imports: [FormField, FormRoot, Icon],
  templateUrl: './call-search-form.html',
  styleUrl: './call-search-form.css',
})
export class CallSearchForm {
  private readonly locale = inject(LOCALE_ID);
  private readonly calendar = inject(CalendarPreference).calendar;

  readonly asked = input.required<SearchInput>();
  readonly searched = output<SearchInput>();

  protected readonly periods = PERIODS.map((id) => ({ id, name: PERIOD_NAMES[id] }));
  protected readonly outcomes = Object.entries(OUTCOME).map(([id, { label }]) => ({ id, label }));
  protected readonly typed = linkedSignal(() => this.asked());
  protected readonly form = form(
    this.typed,
    (path) => {
      maxLength(path.number, 30);
      validate(path.number, ({ value }) =>
        isSearchableNumber(value())
          ? null
          : {
              kind: 'number',
              message: $localize`:@@search.numberMistake:電話番号は数字で入力してください(一部だけでも検索できます)`,
            },
      );
      validate(path.to, ({ value, valueOf }) =>
        valueOf(path.period) !== 'custom' || isPeriodInOrder(valueOf(path.from), value())
          ? null
          : { kind: 'order', message: $localize`:@@search.orderMistake:終わりの日時は、始まりより後にしてください` },
      );
    },
    {
      submission: {
        action: () => {
          this.send();
          return Promise.resolve(null);
        },
        onInvalid: focusFirstMistake,
      },
    },
  );
  protected readonly numberMistake = computed(() => shownMistake(this.form.number()));
  protected readonly toMistake = computed(() => shownMistake(this.form.to()));
  protected readonly canReset = computed(() => isNarrowed(this.typed()));
  protected readonly fromReading = computed(() => this.reading(this.typed().from));
  protected readonly toReading = computed(() => this.reading(this.typed().to));

  protected choosePeriod(period: Period): void {
    this.typed.update((typed) => ({ ...typed, period }));
    if (period !== 'custom' && this.form().valid()) this.send();
  }

  protected reset(): void {
    this.form().reset(EMPTY_SEARCH);
    this.searched.emit(EMPTY_SEARCH);
  }

  /** What was searched for stands in the form as it was understood: half width, grouped. */
  private send(): void {
    this.typed.update((typed) => ({ ...typed, number: formatNumber(foldNumber(typed.number)) }));
    this.searched.emit(this.typed());
  }

  /** The browser's date input speaks 西暦 only; this says the same in the calendar of the office. */
  private reading(value: string): string {
    const instant = fromLocalInput(value);
    return instant ? formatDateTime(instant, { calendar: this.calendar(), locale: this.locale }) : '';
  }
}

/** A mistake is told once the person has left the field or sent the form. */
const shownMistake = ({ touched, errors }: Pick<ReadonlyFieldState<string>, 'touched' | 'errors'>) =>
  touched() ? errors()[0]?.message : undefined;
