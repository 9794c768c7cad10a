import { Component, effect, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { FailureNotice } from '../../api/failure-notice.ts';
import { superviseCall } from '../../api/generated/functions.ts';
import { type CallSupervision } from '../../api/generated/models.ts';
import { type Choice, Choices } from '../../ui/choices.ts';
import { focusFirstMistake } from '../../ui/first-mistake.ts';
import { Notice } from '../../ui/notice.ts';
import { rememberedSignal } from '../../ui/remembered-signal.ts';
import { ActButtons } from './act-buttons.ts';
import { CallInQuestion } from './call-in-question.ts';
import { PhoneChoice, phoneChosen } from './phone-choice.ts';
import { PhoneDialog } from './phone-dialog.ts';
import { PhonesAwaited } from './phones-awaited.ts';

const SAID = $localize`:@@supervise.said:選んだ電話機を呼び出しています。受話器を取ると、通話に入ります。`;

const MODES: Choice<CallSupervision['mode']>[] = [
  {
    id: 'listen',
    name: $localize`:@@supervise.listen:聴くだけ`,
    note: $localize`:@@supervise.listenNote:だれにもこちらの声は聞こえません`,
  },
  {
    id: 'whisper',
    name: $localize`:@@supervise.whisper:職員だけにささやく`,
    note: $localize`:@@supervise.whisperNote:相手には聞こえず、ささやいた声は録音されません`,
  },
  {
    id: 'join',
    name: $localize`:@@supervise.join:三者で話す`,
    note: $localize`:@@supervise.joinNote:相手にも聞こえ、録音されます`,
  },
];

/** Asks with which phone and how a supervisor steps into a conversation, and rings that phone. Closes with what to say then. */
@Component({
  selector: 'dw-supervision-dialog',
  imports: [
    ActButtons,
    CallInQuestion,
    Choices,
    FailureNotice,
    FormField,
    FormRoot,
    Notice,
    PhoneChoice,
    PhonesAwaited,
  ],
  templateUrl: './supervision.dialog.html',
})
export class SupervisionDialog extends PhoneDialog {
  /** Whoever supervises does so with the phone on the own desk. */
  private readonly lastPhone = rememberedSignal('denwaban.supervision.phone', '');
  protected readonly modes = MODES;
  protected readonly typed = signal<CallSupervision>({ phone: '', mode: 'listen' });

  protected readonly form = form(this.typed, (path) => phoneChosen(path.phone), {
    submission: { action: () => this.send(), onInvalid: focusFirstMistake },
  });

  constructor() {
    super();
    effect(() => {
      if (!this.phones.hasValue()) return;
      const { supervisors } = this.phones.value();
      const known =
        supervisors.find(({ id }) => id === this.lastPhone()) ?? (supervisors.length === 1 && supervisors[0]);
      if (known) this.typed.update((typed) => (typed.phone === '' ? { ...typed, phone: known.id } : typed));
    });
  }

  protected choose(mode: CallSupervision['mode']): void {
    this.typed.update((typed) => ({ ...typed, mode }));
  }

  private async send(): Promise<null> {
    return this.perform(async () => {
      this.lastPhone.set(this.typed().phone);
      await this.api.invoke(superviseCall, { id: this.call.id, body: this.typed() });
    }, SAID);
  }
}
