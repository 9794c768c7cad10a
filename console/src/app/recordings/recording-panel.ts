import { Dialog } from '@angular/cdk/dialog';
import { Component, computed, inject, input, output, resource, signal, viewChild } from '@angular/core';
import { ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { getRecording, getRecordingPeaks } from '../api/generated/functions.ts';
import { type CallDetail, type GapReason } from '../api/generated/models.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { formatDuration } from '../calendar/duration.ts';
import { isMarked, timelineWords } from '../calls/timeline-words.ts';
import { Session } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { DeletionDialog } from './deletion.dialog.ts';
import { DeletionNotice } from './deletion-notice.ts';
import { EvidenceDialog } from './evidence.dialog.ts';
import { Player } from './player.ts';
import { ProofDialog } from './proof.dialog.ts';
import { GAP, HINT, INCOMPLETE, TROUBLE, recordingSign } from './recording-words.ts';
import { type Mark } from './waveform.ts';

const TOLD_GAP_MS = 1000;

/** The recording of a call, in whatever state it is: running, being sealed, playable, partly there, or not there. */
@Component({
  selector: 'dw-recording-panel',
  imports: [DeletionNotice, DurationPipe, FailureNotice, Icon, Notice, Player, SignChip],
  templateUrl: './recording-panel.html',
  styleUrl: './recording-panel.css',
})
export class RecordingPanel {
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  private readonly dialog = inject(Dialog);
  private readonly player = viewChild(Player);

  readonly call = input.required<CallDetail>();
  /** The recording is another one now. */
  readonly changed = output();

  protected readonly sign = computed(() => recordingSign(this.call()));
  protected readonly summary = computed(() => this.call().recording);
  protected readonly mayPlay = computed(() => this.session.can('recordings.play'));
  /** What this person may do with it, in the state it is in; null = nothing. */
  protected readonly acts = computed(() => {
    const state = this.call().state === 'ended' ? this.summary()?.state : undefined;
    const tell = state !== undefined && state !== 'sealing' && this.mayPlay();
    const prove = state === 'sealed' && this.session.can('recordings.evidence');
    const remove = state === 'sealed' && this.session.can('recordings.delete');
    return tell || prove || remove ? { tell, prove, delete: remove } : null;
  });
  /** Changes when the recording does, so that what belongs to it is asked for again. */
  private readonly asked = computed(
    () => {
      const summary = this.summary();
      // Until the worker has seen the call, its recording goes by the call's own id and nothing is known of it.
      if (!summary || !this.mayPlay() || summary.id === this.call().id) return undefined;
      return { id: summary.id, state: summary.state };
    },
    { equal: (a, b) => a?.id === b?.id && a?.state === b?.state },
  );

  protected readonly recording = resource({
    params: () => this.asked(),
    loader: ({ params }) => this.api.invoke(getRecording, { id: params.id }),
  });
  protected readonly peaks = resource({
    params: () => (this.asked()?.state === 'sealed' ? this.asked() : undefined),
    loader: ({ params }) => this.api.invoke(getRecordingPeaks, { id: params.id }),
  });

  readonly startedAt = computed(() => (this.recording.hasValue() ? this.recording.value().startedAt : null));
  readonly playableMs = computed(() => (this.summary()?.state === 'sealed' ? (this.summary()?.durationMs ?? 0) : 0));

  protected readonly failure = computed(() => {
    const error = this.recording.error();
    return error && this.summary()?.state !== 'sealing' ? toApiFailure(error) : null;
  });
  protected readonly incomplete = computed(() => {
    const reason = this.summary()?.reason ?? null;
    return reason === null ? '' : INCOMPLETE[reason].full;
  });
  protected readonly hints = computed(() =>
    this.recording.hasValue() ? this.recording.value().hints.map((hint) => HINT[hint]) : [],
  );
  protected readonly trouble = computed(() => {
    const trouble = this.recording.hasValue() ? this.recording.value().trouble : null;
    return trouble === null ? '' : TROUBLE[trouble];
  });
  protected readonly deletion = computed(() => (this.recording.hasValue() ? this.recording.value().deletion : null));
  protected readonly missingMs = computed(
    () => (this.recording.hasValue() ? this.recording.value().missingMs : null) ?? 0,
  );
  protected readonly marks = computed<Mark[]>(() => {
    const startedAt = this.startedAt();
    if (startedAt === null) return [];
    return this.call()
      .timeline.filter(isMarked)
      .map((entry) => ({ positionMs: Date.parse(entry.at) - Date.parse(startedAt), label: timelineWords(entry) }))
      .filter(({ positionMs }) => positionMs >= 0 && positionMs <= this.playableMs());
  });
  /** Places where a listener hears nothing for a second or more and may wonder why. */
  protected readonly gaps = computed<Mark[]>(() => {
    const gaps = this.recording.hasValue() ? this.recording.value().gaps : [];
    return gaps
      .filter(({ durationMs }) => durationMs >= TOLD_GAP_MS)
      .map(({ atMs, durationMs, reason }) => ({ positionMs: atMs, label: gapWords(durationMs, reason) }));
  });
  protected readonly drawnMarks = computed(() => [...this.marks(), ...this.gaps()]);
  protected readonly tracks = computed(() => (this.recording.hasValue() ? (this.recording.value().tracks ?? []) : []));
  protected readonly drawnPeaks = computed(() => (this.peaks.hasValue() ? this.peaks.value() : null));
  protected readonly playFailure = signal<ApiFailure | null>(null);

  playFrom(positionMs: number): void {
    this.player()?.playFrom(positionMs);
  }

  protected tellWhatBecameOfIt(): void {
    this.dialog.open(ProofDialog, {
      data: this.call().id,
      ariaModal: true,
      ariaLabelledBy: 'proof-heading',
      autoFocus: '#proof-heading',
    });
  }

  protected askForEvidence(): void {
    const { id } = this.summary() ?? {};
    if (id === undefined) return;
    this.dialog.open(EvidenceDialog, { data: id, ariaModal: true, ariaLabelledBy: 'evidence-heading' });
  }

  protected askToDelete(): void {
    const { id } = this.summary() ?? {};
    if (id === undefined) return;
    this.dialog
      .open<boolean>(DeletionDialog, { data: id, ariaModal: true, ariaLabelledBy: 'deletion-heading' })
      .closed.subscribe((deleted) => {
        if (deleted) this.changed.emit();
      });
  }

  /** An audio element does not say why it gave up; the API does, and an ended session is renewed on the way. */
  protected async explain(): Promise<void> {
    const { id } = this.summary() ?? {};
    if (id === undefined) return;
    try {
      await this.api.invoke(getRecordingPeaks, { id });
      this.playFailure.set(new ApiFailure('audio-broken', AUDIO_BROKEN, 0));
    } catch (error) {
      this.playFailure.set(toApiFailure(error));
    }
  }

  protected playAgain(): void {
    this.playFailure.set(null);
    this.player()?.reload();
  }
}

const gapWords = (durationMs: number, reason: GapReason): string => `${GAP[reason]} (${formatDuration(durationMs)})`;

const AUDIO_BROKEN = $localize`:@@player.broken:録音の音声を読み込めませんでした。通信が途切れたか、ブラウザーがこの形式(FLACまたはOpus)に対応していません。`;
