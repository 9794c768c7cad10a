import { Dialog, type DialogConfig } from '@angular/cdk/dialog';
import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { type ComponentType } from '@angular/cdk/portal';
import { Component, DOCUMENT, ElementRef, computed, inject, input, viewChild } from '@angular/core';
import { type LiveCall } from '../../api/generated/models.ts';
import { tickingNow } from '../../clock/ticking.ts';
import { Session } from '../../session/session.ts';
import { Icon } from '../../ui/icon.ts';
import { callLabel } from '../call-label.ts';
import { CallActs } from './call-acts.ts';
import { EndingDialog } from './ending.dialog.ts';
import { type HeardAct, HeardActDialog } from './heard-act.dialog.ts';
import { PickUpDialog } from './pick-up.dialog.ts';
import { ACT_PERMISSION, type ActName, isArmed, possibleActs } from './possible-acts.ts';
import { SupervisionDialog } from './supervision.dialog.ts';
import { TransferDialog } from './transfer.dialog.ts';

/**
 * What a person may do to a call in progress. Each act that is permitted keeps its place in the menu, whatever is possible at the
 * moment: the call goes on while the menu is open, and the focus stays where it is.
 */
@Component({
  selector: 'dw-call-act-menu',
  imports: [CdkMenu, CdkMenuItem, CdkMenuTrigger, Icon],
  templateUrl: './call-act-menu.html',
  styleUrl: './call-act-menu.css',
})
export class CallActMenu {
  readonly call = input.required<LiveCall>();

  private readonly session = inject(Session);
  private readonly dialog = inject(Dialog);
  private readonly document = inject(DOCUMENT);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly trigger = viewChild(CdkMenuTrigger);
  private readonly now = tickingNow();
  protected readonly acts = inject(CallActs);
  protected readonly label = computed(() => callLabel(this.call()));
  protected readonly possible = computed(() => possibleActs(this.call()));
  protected readonly armed = computed(() => isArmed(this.call(), this.now()));
  protected readonly busy = computed(() => this.acts.isRunning(this.call().id));
  protected readonly mayAny = computed(() => (Object.keys(ACT_PERMISSION) as ActName[]).some((act) => this.may(act)));

  /** Whether the focus would go with it: it is on it, or in its open menu. A dialog stays, and has the focus itself. */
  losesFocus(): boolean {
    return this.trigger()?.isOpen() === true || this.host.contains(this.document.activeElement);
  }

  protected may(act: ActName): boolean {
    return this.session.can(ACT_PERMISSION[act]);
  }

  protected mark(): void {
    void this.acts.mark(this.call(), !this.call().marked);
  }

  protected pauseOrResume(): void {
    void (this.call().recorder === 'paused' ? this.acts.resume(this.call()) : this.acts.pause(this.call()));
  }

  protected keep(): void {
    void this.acts.keep(this.call());
  }

  protected ask(act: HeardAct): void {
    this.open(HeardActDialog, { data: { call: this.call(), act }, ariaLabelledBy: 'heard-act-heading' });
  }

  protected end(): void {
    this.open(EndingDialog, { data: this.call(), ariaLabelledBy: 'ending-heading' });
  }

  protected transfer(): void {
    this.open(TransferDialog, { data: this.call(), ariaLabelledBy: 'transfer-heading' });
  }

  protected pickUp(): void {
    this.open(PickUpDialog, { data: this.call(), ariaLabelledBy: 'pick-up-heading' });
  }

  protected supervise(): void {
    this.open(SupervisionDialog, { data: this.call(), ariaLabelledBy: 'supervision-heading' });
  }

  private open(
    dialog: ComponentType<unknown>,
    { data, ariaLabelledBy }: DialogConfig & { ariaLabelledBy: string },
  ): void {
    const call = this.call();
    // The row may be gone by then: where the focus goes is decided when the dialog closes.
    const config = { data, ariaModal: true, ariaLabelledBy, autoFocus: `#${ariaLabelledBy}`, restoreFocus: false };
    this.dialog.open<string>(dialog, config).closed.subscribe((said) => {
      if (said !== undefined) this.acts.say(call, said);
      this.takeFocus();
    });
  }

  private takeFocus(): void {
    const opener = this.host.isConnected ? this.host.querySelector('button') : null;
    (opener ?? this.document.querySelector<HTMLElement>('main h1'))?.focus();
  }
}
