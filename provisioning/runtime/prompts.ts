import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Progress } from '../progress.ts';
import { runCommand, runForBytes } from '../run-command.ts';
import { holdMelody } from './hold-melody.ts';

export const Prompts = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    /** What is said, as people write it. */
    text: z.string().min(1),
    /** The same in kana: espeak-ng reads no kanji. */
    kana: z.string().min(1),
    /** `staff`: told by the box to who pressed a phone code; no notice plays it. Absent: for callers. */
    audience: z.literal('staff').optional(),
  }),
);
export type Prompts = z.infer<typeof Prompts>;

/** Calm and clear for an older ear; words per minute and pitch 0-99 of espeak-ng. */
const VOICE = ['-v', 'ja', '-s', '145', '-p', '45', '-g', '2'];

/** ITU-T P.56 active speech of telephone announcements sits about here, with room above. */
const TARGET_RMS_DBFS = -20;
/** The name by which musiconhold.conf knows it. */
const HOLD_MELODY = 'hold-melody';

const RAW = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', '8000'];

const SPEECH_RECIPE = 'espeak-ng|highpass 250|lowpass 3400|silence ends|sln';

/**
 * Speaks every prompt once into `<runtime>/prompts-<hash>/<id>.sln` (8 kHz mono, signed 16 bit). Not µ-law: frames of the line's
 * own codec that carry no RTP sequence number make the recorder drop what a phone says afterwards (modules.conf).
 * @returns the folder
 */
export async function speakPrompts(
  file: string,
  toolsDir: string,
  runtime: string,
  progress: Progress,
): Promise<string> {
  const source = existsSync(file) ? await readFile(file, 'utf8') : '[]';
  const prompts = Prompts.parse(JSON.parse(source));
  const melody = Buffer.from(holdMelody().buffer);
  const key = createHash('sha256')
    .update([source, SPEECH_RECIPE, TARGET_RMS_DBFS, ...VOICE].join('\n'))
    .update(melody);
  const folder = resolve(runtime, `prompts-${key.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await progress.step(`speaking ${prompts.length} announcements`, async () => {
    for (const { id, kana } of prompts) await writeFile(resolve(partial, `${id}.sln`), await speak(kana, toolsDir));
    await writeFile(resolve(partial, `${HOLD_MELODY}.sln`), melody);
  });
  await rename(partial, folder);
  return folder;
}

async function speak(kana: string, toolsDir: string): Promise<Buffer> {
  const wav = await runForBytes(resolve(toolsDir, 'espeak-ng'), [...VOICE, '--stdin', '--stdout'], { input: kana });
  const sox = resolve(toolsDir, 'sox');
  const shape = ['highpass', '250', 'lowpass', '3400', 'rate', '8000', 'pad', '0.2', '0.3'];
  // espeak-ng cannot know the length when it writes the header to a pipe.
  const speech = await runForBytes(sox, ['--ignore-length', '-t', 'wav', '-', ...RAW, '-', ...shape], { input: wav });
  const gain = TARGET_RMS_DBFS - rmsDbfs(speech);
  return runForBytes(sox, [...RAW, '-', ...RAW, '-', 'gain', '-l', gain.toFixed(2)], { input: speech });
}

/** @param pcm 16-bit little-endian samples. Quiet stretches (pauses between words) are left out of the mean. */
export function rmsDbfs(pcm: Buffer): number {
  const window = 800;
  const powers: number[] = [];
  for (let start = 0; start + window * 2 <= pcm.length; start += window * 2) {
    let sum = 0;
    for (let index = 0; index < window; index++) sum += pcm.readInt16LE(start + index * 2) ** 2;
    powers.push(sum / window / 32768 ** 2);
  }
  const loudest = Math.max(...powers, 1e-10);
  const active = powers.filter((power) => power > loudest / 300);
  return 10 * Math.log10(active.reduce((sum, power) => sum + power, 0) / Math.max(active.length, 1) || 1e-10);
}

/** Copies spoken prompts to where Asterisk reads them. Own recordings of an office under other names stay. */
export async function installPrompts(from: string, to: string): Promise<void> {
  await runCommand('cp', ['-R', `${from}/.`, to]);
  // Asterisk prefers a file in the codec of the line, should an older version have left one.
  for (const name of await readdir(from)) await rm(resolve(to, name.replace(/\.sln$/, '.ulaw')), { force: true });
}
