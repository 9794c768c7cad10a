import { Service, inject, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../../api/api-failure.ts';
import { Api } from '../../api/generated/api.ts';
import { keepRecording, markCall, pauseRecording, resumeRecording, unmarkCall } from '../../api/generated/functions.ts';
import { type CallSummary } from '../../api/generated/models.ts';
import { callLabel } from '../call-label.ts';

type Named = Pick<CallSummary, 'id' | 'number' | 'presentation'>;

/** What became of the last act, for whoever looks at the screen. */
export interface ActOutcome {
  /** Which call, in words. */
  call: string;
  said: string;
  failure: ApiFailure | null;
}

/** Acts on calls in progress that need no question, and what became of these and of all others. */
@Service()
export class CallActs {
  private readonly api = inject(Api);
  private readonly running = signal<ReadonlySet<string>>(new Set());
  readonly outcome = signal<ActOutcome | null>(null);

  /** Whether something is being done to a call that nobody has answered yet. */
  isRunning(callId: string): boolean {
    return this.running().has(callId);
  }

  /** @returns whether it worked; what is to be known of it is in `outcome` */
  async mark(call: Named, marked: boolean): Promise<boolean> {
    const words = marked
      ? $localize`:@@acts.marked:カスハラの印を付けました。`
      : $localize`:@@acts.unmarked:カスハラの印を外しました。`;
    return this.perform(call, words, () => this.api.invoke(marked ? markCall : unmarkCall, { id: call.id }));
  }

  async pause(call: Named): Promise<void> {
    const words = $localize`:@@acts.paused:録音を一時停止しました。設定の時間がたつと、自動で再開します。`;
    await this.perform(call, words, () => this.api.invoke(pauseRecording, { id: call.id }));
  }

  async resume(call: Named): Promise<void> {
    const words = $localize`:@@acts.resumed:録音を再開しました。`;
    await this.perform(call, words, () => this.api.invoke(resumeRecording, { id: call.id }));
  }

  async keep(call: Named): Promise<void> {
    const words = $localize`:@@acts.kept:この通話の録音を、始めから保存します。`;
    await this.perform(call, words, () => this.api.invoke(keepRecording, { id: call.id }));
  }

  /** Tells what was done elsewhere, e.g. in a dialog. */
  say(call: Named, said: string): void {
    this.outcome.set({ call: callLabel(call), said, failure: null });
  }

  private async perform(call: Named, said: string, work: () => Promise<void>): Promise<boolean> {
    if (this.isRunning(call.id)) return false;
    this.running.update((ids) => new Set([...ids, call.id]));
    this.outcome.set(null);
    try {
      await work();
      this.say(call, said);
      return true;
    } catch (error) {
      this.outcome.set({ call: callLabel(call), said: '', failure: toApiFailure(error) });
      return false;
    } finally {
      this.running.update((ids) => new Set([...ids].filter((id) => id !== call.id)));
    }
  }
}
