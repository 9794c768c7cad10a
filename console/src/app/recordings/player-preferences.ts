import { Service, computed } from '@angular/core';
import { rememberedSignal } from '../ui/remembered-signal.ts';

export const SPEEDS = ['0.75', '1', '1.25', '1.5', '1.75', '2'] as const;

const VOLUMES = Array.from({ length: 21 }, (_, step) => String(step * 5));

/** How this person likes to listen; kept in this browser. */
@Service()
export class PlayerPreferences {
  readonly speed = rememberedSignal<string>('denwaban.player.speed', '1', SPEEDS);
  readonly volume = rememberedSignal('denwaban.player.volume', '100', VOLUMES);
  readonly singleKeys = rememberedSignal<'on' | 'off'>('denwaban.player.single-keys', 'on', ['on', 'off']);
  readonly rate = computed(() => Number(this.speed()));
  readonly loudness = computed(() => Number(this.volume()) / 100);
}
