import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isFull, isMissing } from '../platform/file-errors.ts';
import { SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import { tidyKana } from './kana-reading.ts';
import {
  OPEN_JTALK_COLOUR,
  OPEN_JTALK_MANNER,
  openJtalkLines,
  type OpenJtalkVoice,
  tracedReading,
} from './open-jtalk.ts';
import { measureSound, SOUND_BYTES_PER_MS, SOUND_RATE, TARGET_DBFS, withoutSilentEnds } from './sound-level.ts';

export interface SpeechTools {
  /** Runs a tool of the runtime root with this input, and gives what it puts out. */
  run: (tool: 'sox' | 'espeak-ng' | 'open_jtalk', args: string[], input: Buffer) => Promise<Buffer>;
  /** Folder for what a tool cannot put out otherwise; it need not be there. */
  scratch: string;
}
type RunSoundTool = SpeechTools['run'];

/** Calm and clear for an older ear; words per minute and pitch 0-99 of espeak-ng. */
const VOICE = ['-v', 'ja', '-s', '145', '-p', '45', '-g', '2'];

/** Without a header. No dither: the same sound is always the same bytes. */
export const RAW_SOUND = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', String(SOUND_RATE)];
const EXACT = ['-D', '-V1'];
/** More would bring up the noise of the room instead of a voice. */
const MOST_GAIN_DB = 30;

/** A telephone's band; what lies outside would only be folded into it or take room from it. */
const TELEPHONE_BAND = ['highpass', '250', 'lowpass', '3400', 'rate', String(SOUND_RATE)];
const [LEAD_IN_MS, LEAD_OUT_MS, BETWEEN_MS] = [200, 300, 300];

const SHAPE = ['limited when cut', 'sln', ...TELEPHONE_BAND, LEAD_IN_MS, LEAD_OUT_MS, TARGET_DBFS];
/** Each changes whenever the same words would sound otherwise. */
export const KANA_RECIPE = ['espeak-ng', ...VOICE, ...SHAPE].join('\n');
export const TEXT_RECIPE = ['open_jtalk', ...OPEN_JTALK_MANNER, ...OPEN_JTALK_COLOUR, BETWEEN_MS, ...SHAPE].join('\n');

/**
 * Speaks kana with espeak-ng, which reads no kanji.
 * @returns 8 kHz mono, signed 16 bit, at `TARGET_DBFS`
 */
export async function speakKana(kana: string, { run }: SpeechTools): Promise<Buffer> {
  const wav = await run('espeak-ng', [...VOICE, '--stdin', '--stdout'], Buffer.from(kana));
  return asSpeech([await atTelephone(wav, [], run)], run);
}

/**
 * Speaks text, kanji and all, with Open JTalk.
 * @returns as `speakKana`; nothing but silence when there is nothing to be read
 * @throws SoundToolFailedError, and what running a tool throws
 */
export async function speakText(text: string, voice: OpenJtalkVoice, tools: SpeechTools): Promise<Buffer> {
  const spoken: Buffer[] = [];
  for (const line of openJtalkLines(text)) {
    const wav = await openJtalk(line, voice, [...OPEN_JTALK_MANNER, '-ow'], tools);
    if (!isWholeWav(wav)) throw new SoundToolFailedError('Open JTalk could not write all that it spoke');
    const piece = withoutSilentEnds(await atTelephone(wav, OPEN_JTALK_COLOUR, tools.run));
    spoken.push(...(spoken.length === 0 ? [piece] : [silence(BETWEEN_MS), piece]));
  }
  return asSpeech(spoken, tools.run);
}

/** @returns how Open JTalk reads a text, in kana */
export async function readText(text: string, voice: OpenJtalkVoice, tools: SpeechTools): Promise<string> {
  const read: string[] = [];
  // It tells its reading only to whoever has it speak; ten times as fast takes it a third of the time.
  for (const line of openJtalkLines(text))
    read.push(tracedReading((await openJtalk(line, voice, ['-r', '10', '-ot'], tools)).toString('utf8')));
  return tidyKana(read.join(' '));
}

/**
 * @param how ends with the option that takes a file: `/dev/stdout` will not do, because it cannot be opened where it is a socket, as
 * Node makes it
 */
async function openJtalk(
  line: string,
  { model, dictionary }: OpenJtalkVoice,
  how: string[],
  { run, scratch }: SpeechTools,
): Promise<Buffer> {
  const file = join(scratch, randomUUID());
  try {
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    await run('open_jtalk', ['-x', dictionary, '-m', model, ...how, file], Buffer.from(`${line}\n`));
    return await readFile(file);
  } catch (error) {
    throw isFull(error) || isMissing(error) ? new SoundToolFailedError(String(error)) : error;
  } finally {
    await rm(file, { force: true });
  }
}

const WAV_HEADER_BYTES = 44;
const isWholeWav = (wav: Buffer) =>
  wav.length > WAV_HEADER_BYTES && wav.readUInt32LE(40) + WAV_HEADER_BYTES === wav.length;

/** @param wav what a synthesiser put out; its header need not know the length */
const atTelephone = (wav: Buffer, colour: readonly string[], run: RunSoundTool) =>
  run('sox', [...EXACT, '--ignore-length', '-t', 'wav', '-', ...RAW_SOUND, '-', ...colour, ...TELEPHONE_BAND], wav);

const asSpeech = (parts: readonly Buffer[], run: RunSoundTool): Promise<Buffer> =>
  levelled(Buffer.concat([silence(LEAD_IN_MS), ...parts, silence(LEAD_OUT_MS)]), run);

const silence = (ms: number) => Buffer.alloc(ms * SOUND_BYTES_PER_MS);

/** @returns the same at `TARGET_DBFS`; peaks that would be cut are rounded off */
export async function levelled(pcm: Buffer, run: RunSoundTool): Promise<Buffer> {
  const { activeDbfs, peakDbfs } = measureSound(pcm);
  const gain = Math.min(MOST_GAIN_DB, TARGET_DBFS - activeDbfs);
  // The limiter takes some of the level along, and would keep from getting quieter what is too loud.
  const limited = gain > 0 && peakDbfs + gain > 0 ? ['-l'] : [];
  return run('sox', [...EXACT, ...RAW_SOUND, '-', ...RAW_SOUND, '-', 'gain', ...limited, gain.toFixed(2)], pcm);
}
