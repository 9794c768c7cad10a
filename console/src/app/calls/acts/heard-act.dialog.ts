import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../../api/api-failure.ts';
import { FailureNotice } from '../../api/failure-notice.ts';
import { Api } from '../../api/generated/api.ts';
import { parkCall, warnCaller } from '../../api/generated/functions.ts';
import { type LiveCall } from '../../api/generated/models.ts';
import { ActButtons } from './act-buttons.ts';
import { CallInQuestion, followedCall } from './call-in-question.ts';

export type HeardAct = 'warn-recording' | 'warn-final' | 'park';

export interface HeardActData {
  call: LiveCall;
  act: HeardAct;
}

interface ActWords {
  heading: string;
  text: string;
  submit: string;
  /** Once it is done. */
  said: string;
}

const WORDS: Record<HeardAct, ActWords> = {
  'warn-recording': {
    heading: $localize`:@@heardAct.recording:録音中であることを伝えますか`,
    text: $localize`:@@heardAct.recordingText:「録音中の注意」の音声を、相手と職員の両方に流します。流した音声も録音に残ります。`,
    submit: $localize`:@@heardAct.recordingSubmit:録音中の注意を流す`,
    said: $localize`:@@heardAct.recordingSaid:録音中の注意を流しています。`,
  },
  'warn-final': {
    heading: $localize`:@@heardAct.final:最後の注意を流しますか`,
    text: $localize`:@@heardAct.finalText:「最後の注意」の音声を、相手と職員の両方に流します。流した音声も録音に残ります。通話は、そのまま続きます。`,
    submit: $localize`:@@heardAct.finalSubmit:最後の注意を流す`,
    said: $localize`:@@heardAct.finalSaid:最後の注意を流しています。`,
  },
  park: {
    heading: $localize`:@@heardAct.park:通話を預けますか`,
    text: $localize`:@@heardAct.parkText:相手には保留音が流れます。どの電話機でも、*4 と預けた番号を押すと通話を取れます。90秒のあいだ誰も取らないと、元の電話機に戻ります。`,
    submit: $localize`:@@heardAct.parkSubmit:通話を預ける`,
    said: $localize`:@@heardAct.parkSaid:通話を預けました。`,
  },
};

/** Asks before something that the caller hears at once. Closes with what to say, once it is done. */
@Component({
  selector: 'dw-heard-act-dialog',
  imports: [ActButtons, CallInQuestion, FailureNotice],
  template: `
    <form class="dialog" (submit)="$event.preventDefault(); send()">
      <h2 id="heard-act-heading" tabindex="-1">{{ words.heading }}</h2>
      <dw-call-in-question [call]="data.call" [now]="now()" />
      <p>{{ words.text }}</p>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      <dw-act-buttons [sending]="sending()" [ready]="now() !== null" (leave)="dialog.close()">
        {{ words.submit }}
      </dw-act-buttons>
    </form>
  `,
})
export class HeardActDialog {
  protected readonly dialog = inject<DialogRef<string>>(DialogRef);
  protected readonly data = inject<HeardActData>(DIALOG_DATA);
  private readonly api = inject(Api);
  protected readonly now = followedCall(this.data.call);
  protected readonly words = WORDS[this.data.act];
  protected readonly sending = signal(false);
  protected readonly failure = signal<ApiFailure | null>(null);

  protected async send(): Promise<void> {
    if (this.sending() || !this.now()) return;
    this.sending.set(true);
    this.failure.set(null);
    try {
      await this.perform();
      this.dialog.close(this.words.said);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      this.sending.set(false);
    }
  }

  private async perform(): Promise<void> {
    const { id } = this.data.call;
    const { act } = this.data;
    if (act === 'park') await this.api.invoke(parkCall, { id });
    else await this.api.invoke(warnCaller, { id, body: { kind: act === 'warn-final' ? 'final' : 'recording' } });
  }
}
