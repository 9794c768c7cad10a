import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { htsVoices, openJtalkPlaces } from '../../backend/src/notices/open-jtalk.ts';
import { KANA_RECIPE, speakKana, type SpeechTools, speakText, TEXT_RECIPE } from '../../backend/src/notices/speech.ts';
import { SoundToolFailedError } from '../../backend/src/recordings/formats/sound-tool.ts';
import { type Progress } from '../progress.ts';
import { CommandFailed, runCommand, runForBytes } from '../run-command.ts';
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
const MELODY = Buffer.from(holdMelody().buffer);

type Prompt = Prompts[number];

interface Speaker {
  name: string;
  /** Changes whenever a prompt would sound otherwise. */
  recipe: string;
  speak(prompt: Prompt): Promise<Buffer>;
}

/**
 * Speaks every prompt once into `<runtime>/prompts-<hash>/<id>.sln` (8 kHz mono, signed 16 bit): with Open JTalk where a voice
 * came into the root, else with espeak-ng. Not µ-law: frames of the line's own codec that carry no RTP sequence number make the
 * recorder drop what a phone says afterwards (modules.conf).
 * @returns the folder
 */
export async function speakPrompts(
  file: string,
  toolsDir: string,
  runtime: string,
  progress: Progress,
): Promise<string> {
  const source = existsSync(file) ? await readFile(file, 'utf8') : '[]';
  const tools: SpeechTools = {
    run: (tool, args, input) => runForBytes(resolve(toolsDir, tool), args, { input }),
    scratch: resolve(runtime, 'speaking'),
  };
  const byKana: Speaker = { name: 'espeak-ng', recipe: KANA_RECIPE, speak: ({ kana }) => speakKana(kana, tools) };
  const byText = await textSpeaker(toolsDir, tools);
  if (byText === null) return speakWith(byKana, source, runtime, progress);
  try {
    return await speakWith(byText, source, runtime, progress);
  } catch (error) {
    if (!(error instanceof CommandFailed || error instanceof SoundToolFailedError)) throw error;
    progress.warn(
      `the voice for Open JTalk does not speak, the announcements are spoken by espeak-ng: ${error.message}`,
    );
    return await speakWith(byKana, source, runtime, progress);
  } finally {
    await rm(tools.scratch, { recursive: true, force: true });
  }
}

async function textSpeaker(toolsDir: string, tools: SpeechTools): Promise<Speaker | null> {
  const { voices, dictionary } = openJtalkPlaces(toolsDir);
  const [model] = await htsVoices([voices]);
  if (model === undefined) return null;
  const bytes = createHash('sha256').update(await readFile(model));
  return {
    name: 'Open JTalk',
    recipe: `${TEXT_RECIPE}\n${bytes.digest('hex')}`,
    speak: ({ text }) => speakText(text, { model, dictionary }, tools),
  };
}

async function speakWith(speaker: Speaker, source: string, runtime: string, progress: Progress): Promise<string> {
  const prompts = Prompts.parse(JSON.parse(source));
  const key = createHash('sha256').update(`${source}\n${speaker.recipe}`).update(MELODY);
  const folder = resolve(runtime, `prompts-${key.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await progress.step(`speaking ${prompts.length} announcements with ${speaker.name}`, async () => {
      await speakAll(prompts, speaker, partial);
      await writeFile(resolve(partial, `${HOLD_MELODY}.sln`), MELODY);
    });
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  await rename(partial, folder);
  return folder;
}

/** On every processor at once. One that fails ends it, when the others have done what they are at. */
async function speakAll(prompts: Prompts, speaker: Speaker, folder: string): Promise<void> {
  const waiting = [...prompts];
  const speakNext = async () => {
    try {
      for (let prompt = waiting.shift(); prompt; prompt = waiting.shift())
        await writeFile(resolve(folder, `${prompt.id}.sln`), await speaker.speak(prompt));
    } finally {
      waiting.length = 0;
    }
  };
  const speaking = Array.from({ length: availableParallelism() }, speakNext);
  await Promise.allSettled(speaking);
  await Promise.all(speaking);
}

/** Copies spoken prompts to where Asterisk reads them. Own recordings of an office under other names stay. */
export async function installPrompts(from: string, to: string): Promise<void> {
  await runCommand('cp', ['-R', `${from}/.`, to]);
  // Asterisk prefers a file in the codec of the line, should an older version have left one.
  for (const name of await readdir(from)) await rm(resolve(to, name.replace(/\.sln$/, '.ulaw')), { force: true });
}
