import { Component, computed, inject, input } from '@angular/core';
import { type NoticeAudio } from '../api/generated/models.ts';
import { Icon } from '../ui/icon.ts';
import { soundUrl } from './audio-words.ts';
import { SoundPlayer } from './sound-player.ts';

/** Plays a sound and stops it; its place on the page is told apart from others that play the same sound. */
@Component({
  selector: 'dw-hear-sound',
  imports: [Icon],
  template: `
    <button type="button" class="button compact" (click)="toggle()">
      @if (isPlaying()) {
        <dw-icon name="stopped" /><ng-container i18n="@@notices.stop">停止</ng-container>
      } @else {
        <dw-icon name="play" /><ng-container i18n="@@notices.play">再生</ng-container>
      }
      <span class="visually-hidden">{{ name() }}</span>
    </button>
  `,
  styles: `
    :host {
      display: contents;
    }
  `,
})
export class HearSound {
  private readonly player = inject(SoundPlayer);
  readonly place = input.required<string>();
  /** Whose sound it is, for who cannot see the row. */
  readonly name = input.required<string>();
  readonly sound = input.required<NoticeAudio>();
  protected readonly isPlaying = computed(() => this.player.playing() === this.place());

  protected toggle(): void {
    if (this.isPlaying()) this.player.stop();
    else void this.player.play(this.place(), soundUrl(this.sound()));
  }
}
