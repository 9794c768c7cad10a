import { readFile } from 'node:fs/promises';
import { type StereoSound } from './listen.ts';

/** Reads interleaved 16-bit samples of two sides, as MixMonitor's option D and `flac --decode` write them. */
export async function readStereo(path: string, sampleRate = 8000): Promise<StereoSound> {
  return stereoFrom(await readFile(path), sampleRate);
}

export function stereoFrom(bytes: Uint8Array, sampleRate = 8000): StereoSound {
  const frames = Math.floor(bytes.byteLength / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const side = (offset: number) =>
    Int16Array.from({ length: frames }, (_, frame) => view.getInt16(frame * 4 + offset, true));
  return { left: { sampleRate, samples: side(0) }, right: { sampleRate, samples: side(2) } };
}
