import { Dialog } from '@angular/cdk/dialog';
import {
  Component,
  type ElementRef,
  Injector,
  afterNextRender,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { Api } from '../api/generated/api.ts';
import { playRecording } from '../api/generated/functions.ts';
import { type RecordingPeaks, type RecordingTrack } from '../api/generated/models.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { Icon } from '../ui/icon.ts';
import { type Hearing, audioUrl } from './hearing.ts';
import { PlayerPreferences, SPEEDS } from './player-preferences.ts';
import { type PlayerCommand, commandFor, keepsKeys } from './player-shortcuts.ts';
import { MEDIA_EVENTS, type MediaEvent, type PlayerState, afterMediaEvent, isRunning } from './player-state.ts';
import { SeekSlider } from './seek-slider.ts';
import { ShortcutsDialog } from './shortcuts.dialog.ts';
import { TrackBands } from './track-bands.ts';
import { TrackList } from './track-list.ts';
import { type Mark, Waveform } from './waveform.ts';

const SKIP_SECONDS = 5;

/**
 * Plays one recording: an audio element that streams by ranges, with everything around it that work with calls needs.
 * Nothing is fetched before somebody plays, because every play is written down as one.
 */
@Component({
  selector: 'dw-player',
  imports: [DurationPipe, Icon, SeekSlider, TrackBands, TrackList, Waveform],
  templateUrl: './player.html',
  styleUrl: './player.css',
  host: { '(document:keydown)': 'onKey($event)' },
})
export class Player {
  private readonly dialog = inject(Dialog);
  private readonly audio = viewChild.required<ElementRef<HTMLAudioElement>>('audio');
  private readonly api = inject(Api);
  private readonly injector = inject(Injector);
  protected readonly preferences = inject(PlayerPreferences);

  readonly recordingId = input.required<string>();
  readonly durationMs = input.required<number>();
  readonly peaks = input<RecordingPeaks | null>(null);
  readonly marks = input<readonly Mark[]>([]);
  readonly tracks = input<readonly RecordingTrack[]>([]);
  /** The audio could not be fetched or decoded. */
  readonly broken = output();

  protected readonly source = computed(() => audioUrl(this.recordingId(), this.hearing()));
  protected readonly state = linkedSignal<string, PlayerState>({
    source: this.recordingId,
    computation: () => 'loading',
  });
  protected readonly running = computed(() => isRunning(this.state()));
  protected readonly positionMs = linkedSignal({ source: this.recordingId, computation: () => 0 });
  protected readonly hearing = signal<Hearing>('both');
  /** Why somebody listens, in their own words; nobody has to say. */
  protected readonly reason = linkedSignal({ source: this.recordingId, computation: () => '' });
  /** The reason the box knows. */
  private readonly toldReason = linkedSignal({ source: this.recordingId, computation: () => '' });
  protected readonly muted = signal(false);
  protected readonly speeds = SPEEDS;
  protected readonly skipSeconds = SKIP_SECONDS;
  protected readonly hearings: { id: Hearing; label: string }[] = [
    { id: 'both', label: $localize`:@@player.bothSides:両方` },
    { id: 'outside', label: $localize`:@@player.outsideOnly:相手側` },
    { id: 'office', label: $localize`:@@player.officeOnly:職員側` },
    { id: 'mono', label: $localize`:@@player.mono:モノラル` },
  ];

  /** Jumps and plays: who clicks a time wants to hear it. */
  playFrom(positionMs: number): void {
    this.seek(positionMs);
    this.play();
  }

  /** Asks for the audio anew, at the same place. */
  reload(): void {
    const audio = this.audio().nativeElement;
    const positionMs = this.positionMs();
    audio.load();
    this.seek(positionMs);
  }

  protected toggle(): void {
    if (this.running()) this.audio().nativeElement.pause();
    else this.play();
  }

  protected seek(positionMs: number): void {
    const position = Math.max(0, Math.min(this.durationMs(), positionMs));
    this.audio().nativeElement.currentTime = position / 1000;
    this.positionMs.set(position);
  }

  protected skip(seconds: number): void {
    this.seek(this.positionMs() + seconds * 1000);
  }

  /** Goes on at the same place: another channel is another file to the audio element. */
  protected choose(hearing: Hearing): void {
    const [positionMs, wasRunning] = [this.positionMs(), !this.audio().nativeElement.paused];
    this.hearing.set(hearing);
    afterNextRender(
      () => {
        this.seek(positionMs);
        if (wasRunning) this.play();
      },
      { injector: this.injector },
    );
  }

  protected onMedia(event: Event): void {
    if (!isMediaEvent(event.type)) return;
    // Told late: who chose another channel while listening has been playing since.
    if (event.type === 'loadstart' && !this.audio().nativeElement.paused) return;
    this.state.set(afterMediaEvent(this.state(), event.type));
    if (event.type === 'error') this.broken.emit();
  }

  protected onTime(): void {
    this.positionMs.set(this.audio().nativeElement.currentTime * 1000);
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || keepsKeys(event.target, event.key)) return;
    const command = commandFor(event, this.preferences.singleKeys() === 'on');
    if (!command || this.dialog.openDialogs.length > 0) return;
    event.preventDefault();
    this.obey(command);
  }

  protected showShortcuts(): void {
    this.dialog.open(ShortcutsDialog, { ariaModal: true, ariaLabelledBy: 'shortcuts-heading' });
  }

  private obey(command: PlayerCommand): void {
    switch (command.do) {
      case 'toggle':
        this.toggle();
        break;
      case 'skip':
        this.skip(command.seconds);
        break;
      case 'mute':
        this.muted.update((muted) => !muted);
        break;
      case 'help':
        this.showShortcuts();
    }
  }

  /** Says why first, if there is something new to say: nothing is played before it is on record. */
  private play(): void {
    const reason = this.reason().trim();
    if (reason === this.toldReason()) this.playNow();
    else {
      void this.api.invoke(playRecording, { id: this.recordingId(), body: { reason: reason || null } }).then(
        () => {
          this.toldReason.set(reason);
          this.playNow();
        },
        () => this.broken.emit(),
      );
    }
  }

  /** The promise is refused when a pause or a failure comes first; both arrive as events. */
  private playNow(): void {
    this.audio()
      .nativeElement.play()
      .catch(() => undefined);
  }
}

const isMediaEvent = (type: string): type is MediaEvent => (MEDIA_EVENTS as readonly string[]).includes(type);
