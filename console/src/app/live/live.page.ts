import {
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChildren,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { FailureNotice } from '../api/failure-notice.ts';
import { type CallSummary, type LiveCall } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { ActOutcomeNotice } from '../calls/acts/act-outcome.ts';
import { CallActMenu } from '../calls/acts/call-act-menu.ts';
import { armedSeconds } from '../calls/acts/possible-acts.ts';
import { MARKED, STATE, signOf } from '../calls/call-words.ts';
import { OutsideParty } from '../calls/outside-party.ts';
import { OwnLine } from '../calls/own-line.ts';
import { tickingNow } from '../clock/ticking.ts';
import { RECORDER, recordingSign } from '../recordings/recording-words.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { rememberedSignal } from '../ui/remembered-signal.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { spokenChange } from './live-announcement.ts';
import { LiveCalls } from './live-calls.ts';

/** Calls in progress, as they are this second. */
@Component({
  selector: 'dw-live-page',
  imports: [
    ActOutcomeNotice,
    CallActMenu,
    DateTimePipe,
    DurationPipe,
    FailureNotice,
    Icon,
    Notice,
    OutsideParty,
    OwnLine,
    RouterLink,
    SignChip,
    Skeleton,
  ],
  templateUrl: './live.page.html',
  styleUrl: './live.page.css',
})
export class LivePage {
  private readonly now = tickingNow();
  protected readonly live = inject(LiveCalls);
  /** Screen readers are told of calls that begin and end, unless the person wants quiet. */
  protected readonly speech = rememberedSignal<'on' | 'quiet'>('denwaban.live.speech', 'on', ['on', 'quiet']);
  protected readonly announcement = signal('');
  protected readonly state = STATE;
  protected readonly marked = MARKED;
  protected readonly signOf = signOf;
  protected readonly recorder = RECORDER;
  protected readonly recordingSign = recordingSign;
  protected readonly unrecorded = computed(() => this.live.inProgress().filter(isUnrecorded));
  private readonly menus = viewChildren(CallActMenu);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly injector = inject(Injector);
  private told: readonly CallSummary[] | null = null;

  constructor() {
    effect(() => {
      const calls = this.live.inProgress();
      const loaded = this.live.loaded();
      untracked(() => {
        this.rescueFocus(calls);
        this.announce(loaded ? calls : null);
      });
    });
  }

  protected elapsedMs({ startedAt }: CallSummary): number {
    return this.now().getTime() - Date.parse(startedAt);
  }

  protected armedSeconds(call: LiveCall): number {
    return armedSeconds(call, this.now());
  }

  /** A call that ends takes its row along, with whoever was at its menu by keyboard. */
  private rescueFocus(calls: readonly CallSummary[]): void {
    const ended = this.menus().filter((menu) => !calls.some(({ id }) => id === menu.call().id));
    if (!ended.some((menu) => menu.losesFocus())) return;
    afterNextRender(() => this.host.querySelector<HTMLElement>('h1')?.focus(), { injector: this.injector });
  }

  private announce(calls: readonly CallSummary[] | null): void {
    if (calls && this.told && this.speech() === 'on') {
      const words = spokenChange(this.told, calls);
      if (words !== '') this.announcement.set(words);
    }
    this.told = calls;
  }
}

/** A call that talks while nothing grows on the disk is the one thing this product must never hide. */
const isUnrecorded = ({ recorder }: CallSummary): boolean => recorder === 'stalled' || recorder === 'stopped';
