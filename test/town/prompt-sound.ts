import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Interval, soundIntervals } from './listen.ts';

/**
 * Where something is heard of an announcement: how long it is depends on the voice that spoke it.
 * @param promptsDir as Asterisk plays them: 8 kHz, one side
 */
export async function promptSound(promptsDir: string, audio: string): Promise<Interval[]> {
  const bytes = await readFile(join(promptsDir, `${audio}.sln`));
  const samples = Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
  return soundIntervals({ sampleRate: 8000, samples });
}
