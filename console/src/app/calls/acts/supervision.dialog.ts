import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, computed, effect, inject, resource, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../../api/api-failure.ts';
import { FailureNotice } from '../../api/failure-notice.ts';
import { Api } from '../../api/generated/api.ts';
import { listCallPhones, superviseCall } from '../../api/generated/functions.ts';
import { type CallSupervision, type LiveCall } from '../../api/generated/models.ts';
import { Notice } from '../../ui/notice.ts';
import { rememberedSignal } from '../../ui/remembered-signal.ts';
import { Skeleton } from '../../ui/skeleton.ts';
import { CallInQuestion, followedCall } from './call-in-question.ts';
import { PhoneChoice, phoneChosen } from './phone-choice.ts';

const SAID = $localize`:@@supervise.said:選んだ電話機を呼び出しています。受話器を取ると、通話に入ります。`;

const MODES: { id: CallSupervision['mode']; name: string; note: string }[] = [
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
  imports: [CallInQuestion, FailureNotice, FormField, FormRoot, Notice, PhoneChoice, Skeleton],
  templateUrl: './supervision.dialog.html',
})
export class SupervisionDialog {
  protected readonly dialog = inject<DialogRef<string>>(DialogRef);
  protected readonly call = inject<LiveCall>(DIALOG_DATA);
  private readonly api = inject(Api);
  /** Whoever supervises does so with the phone on the own desk. */
  private readonly lastPhone = rememberedSignal('denwaban.supervision.phone', '');
  protected readonly now = followedCall(this.call);
  protected readonly phones = resource({
    loader: () => this.api.invoke(listCallPhones, { id: this.call.id }),
  });
  protected readonly unknown = computed(() => {
    const error = this.phones.error();
    return error ? toApiFailure(error) : null;
  });
  protected readonly ready = computed(
    () => this.now() !== null && this.phones.hasValue() && this.phones.value().supervisors.length > 0,
  );
  protected readonly modes = MODES;
  protected readonly failure = signal<ApiFailure | null>(null);
  protected readonly typed = signal<CallSupervision>({ phone: '', mode: 'listen' });

  protected readonly form = form(this.typed, (path) => phoneChosen(path.phone), {
    submission: {
      action: () => this.send(),
      onInvalid: (field) => field().errorSummary()[0]?.fieldTree().focusBoundControl(),
    },
  });

  constructor() {
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
    if (!this.ready()) return null;
    this.failure.set(null);
    this.lastPhone.set(this.typed().phone);
    try {
      await this.api.invoke(superviseCall, { id: this.call.id, body: this.typed() });
      this.dialog.close(SAID);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
    return null;
  }
}
