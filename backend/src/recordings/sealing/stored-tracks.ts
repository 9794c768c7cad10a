import type { RecordingTrack } from '../recording.schema.ts';

/** Tracks as they are kept: `[fromMs, toMs]` pairs by kind and side, e.g. `loud left`. */
export type StoredTracks = Record<string, [fromMs: number, toMs: number][]>;

export function asStored(tracks: readonly RecordingTrack[]): StoredTracks {
  const stored: StoredTracks = {};
  for (const { kind, side, fromMs, toMs } of tracks) {
    (stored[side === null ? kind : `${kind} ${side}`] ??= []).push([fromMs, toMs]);
  }
  return stored;
}

/** @returns in the order of time */
export function fromStored(stored: StoredTracks): RecordingTrack[] {
  const tracks = Object.entries(stored).flatMap(([name, stretches]) => {
    const [kind, side = null] = name.split(' ') as [RecordingTrack['kind'], RecordingTrack['side']?];
    return stretches.map(([fromMs, toMs]) => ({ kind, side, fromMs, toMs }));
  });
  return tracks.sort((a, b) => a.fromMs - b.fromMs);
}
