import { DestroyRef, Injectable, inject, signal } from '@angular/core';

/** Plays one sound at a time: what is asked for while another plays takes its place. */
@Injectable()
export class SoundPlayer {
  /** What is heard, by the name it was asked for under; null = nothing. */
  readonly playing = signal<string | null>(null);
  readonly failed = signal(false);
  private readonly audio = new Audio();

  constructor() {
    this.audio.addEventListener('ended', () => this.playing.set(null));
    inject(DestroyRef).onDestroy(() => this.stop());
  }

  async play(name: string, url: string): Promise<void> {
    this.failed.set(false);
    this.audio.src = url;
    this.playing.set(name);
    try {
      await this.audio.play();
    } catch {
      // Another sound was asked for meanwhile, or this one cannot be had.
      if (this.playing() !== name) return;
      this.playing.set(null);
      this.failed.set(true);
    }
  }

  stop(): void {
    this.audio.pause();
    this.playing.set(null);
  }
}
