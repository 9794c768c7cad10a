import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, ElementRef, afterRenderEffect, computed, inject, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../../api/api-failure.ts';
import { FailureNotice } from '../../api/failure-notice.ts';
import { Api } from '../../api/generated/api.ts';
import { armEnding, cancelEnding, confirmEnding } from '../../api/generated/functions.ts';
import { type LiveCall } from '../../api/generated/models.ts';
import { tickingNow } from '../../clock/ticking.ts';
import { Notice } from '../../ui/notice.ts';
import { CallInQuestion, followedCall } from './call-in-question.ts';
import { armedSeconds } from './possible-acts.ts';

/** As long as the box keeps an end armed (`PUT /calls/:id/ending`). */
const ARMED_SECONDS = 30;

const CONFIRMED = $localize`:@@ending.confirmed:終了の案内を流しています。流し終わると、通話が切れます。`;
const CANCELLED = $localize`:@@ending.cancelled:終了の準備を取り消しました。通話は続いています。`;

/**
 * The two steps by which a person ends a call: it arms the end when it opens, unless it is armed, and has it confirmed or taken
 * back. Closed otherwise, the end stays armed until its time is over. Closes with what to say, once something was done.
 */
@Component({
  selector: 'dw-ending-dialog',
  imports: [CallInQuestion, FailureNotice, Notice],
  templateUrl: './ending.dialog.html',
  styles: `
    .left {
      font-size: 1.25rem;
      font-weight: 700;
    }
  `,
})
export class EndingDialog {
  protected readonly dialog = inject<DialogRef<string>>(DialogRef);
  protected readonly call = inject<LiveCall>(DIALOG_DATA);
  private readonly api = inject(Api);
  private readonly clock = tickingNow();
  protected readonly now = followedCall(this.call);
  protected readonly seconds = computed(() => {
    const call = this.now();
    return call ? armedSeconds(call, this.clock()) : 0;
  });
  private readonly armed = computed(() => this.seconds() > 0);
  /** Whoever clicks twice to arm it must not have confirmed it. */
  protected readonly confirmable = computed(() => this.seconds() > 0 && this.seconds() < ARMED_SECONDS);
  /** What is on its way to the box. */
  protected readonly sending = signal<'arm' | 'confirm' | 'cancel' | null>(null);
  protected readonly failure = signal<ApiFailure | null>(null);

  constructor() {
    if (this.seconds() === 0) void this.arm();
    // Buttons come and go with the time that is left; the focus must not go with them.
    const host = inject<ElementRef<HTMLElement>>(ElementRef);
    afterRenderEffect({
      read: () => {
        this.armed();
        keepFocusIn(host.nativeElement);
      },
    });
  }

  protected async arm(): Promise<void> {
    await this.send('arm', armEnding);
  }

  protected async confirm(): Promise<void> {
    if (this.confirmable() && (await this.send('confirm', confirmEnding))) this.dialog.close(CONFIRMED);
  }

  protected async cancel(): Promise<void> {
    if (await this.send('cancel', cancelEnding)) this.dialog.close(CANCELLED);
  }

  private async send(step: 'arm' | 'confirm' | 'cancel', what: typeof armEnding): Promise<boolean> {
    if (this.sending() || !this.now()) return false;
    this.sending.set(step);
    this.failure.set(null);
    try {
      await this.api.invoke(what, { id: this.call.id });
      return true;
    } catch (error) {
      this.failure.set(toApiFailure(error));
      return false;
    } finally {
      this.sending.set(null);
    }
  }
}

function keepFocusIn(dialog: HTMLElement): void {
  const heading = dialog.querySelector<HTMLElement>('h2');
  if (!heading || document.activeElement !== document.body) return;
  // The CDK takes the attribute away when a dialog's first focus moves on.
  heading.tabIndex = -1;
  heading.focus();
}
