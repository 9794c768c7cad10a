import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type RunSoundTool, SPEECH_RECIPE, speakKana } from '../../backend/src/notices/speech.ts';
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

/** The name by which musiconhold.conf knows it. */
const HOLD_MELODY = 'hold-melody';

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
  const key = createHash('sha256').update(`${source}\n${SPEECH_RECIPE}`).update(melody);
  const folder = resolve(runtime, `prompts-${key.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const run: RunSoundTool = (tool, args, input) => runForBytes(resolve(toolsDir, tool), args, { input });
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await progress.step(`speaking ${prompts.length} announcements`, async () => {
    for (const { id, kana } of prompts) await writeFile(resolve(partial, `${id}.sln`), await speakKana(kana, run));
    await writeFile(resolve(partial, `${HOLD_MELODY}.sln`), melody);
  });
  await rename(partial, folder);
  return folder;
}

/** Copies spoken prompts to where Asterisk reads them. Own recordings of an office under other names stay. */
export async function installPrompts(from: string, to: string): Promise<void> {
  await runCommand('cp', ['-R', `${from}/.`, to]);
  // Asterisk prefers a file in the codec of the line, should an older version have left one.
  for (const name of await readdir(from)) await rm(resolve(to, name.replace(/\.sln$/, '.ulaw')), { force: true });
}
