import { z } from 'zod';
import type { SoundLevel } from './sound-level.ts';

/** Long enough for everything that is read out on a telephone. */
export const LONGEST_SECONDS = 180;
export const SHORTEST_MS = 500;

/** Nobody speaks: even a whisper into a telephone is louder. */
const SILENT_DBFS = -50;
const QUIET_DBFS = -36;
/** One sample in a thousand is heard as a crackle. */
const CLIPPED_SHARE = 0.001;
const MOSTLY_SILENT_SHARE = 0.6;
const LONG_MS = 60_000;

/** Why a sound is not taken. */
export const SoundRefusal = z.enum(['too-short', 'too-long', 'silent']);
export type SoundRefusal = z.infer<typeof SoundRefusal>;

/** What is told of a sound that is taken: it can be played, and somebody should hear it first. */
export const SoundWarning = z.enum(['quiet', 'clipped', 'mostly-silent', 'long']).meta({ id: 'SoundWarning' });
export type SoundWarning = z.infer<typeof SoundWarning>;

/** @returns null when it can be used */
export function soundRefusal({ durationMs, activeDbfs }: SoundLevel): SoundRefusal | null {
  if (durationMs < SHORTEST_MS) return 'too-short';
  if (durationMs > LONGEST_SECONDS * 1000) return 'too-long';
  return activeDbfs < SILENT_DBFS ? 'silent' : null;
}

export function soundWarnings({ durationMs, activeDbfs, clippedShare, silentShare }: SoundLevel): SoundWarning[] {
  return [
    ...(activeDbfs < QUIET_DBFS ? (['quiet'] as const) : []),
    ...(clippedShare > CLIPPED_SHARE ? (['clipped'] as const) : []),
    ...(silentShare > MOSTLY_SILENT_SHARE ? (['mostly-silent'] as const) : []),
    ...(durationMs > LONG_MS ? (['long'] as const) : []),
  ];
}
