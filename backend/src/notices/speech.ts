import { rmsDbfs, SOUND_RATE, TARGET_DBFS } from './sound-level.ts';

/** Runs a tool of the runtime root with this input, and gives what it puts out. */
export type RunSoundTool = (tool: 'sox' | 'espeak-ng', args: string[], input: Buffer) => Promise<Buffer>;

/** Calm and clear for an older ear; words per minute and pitch 0-99 of espeak-ng. */
const VOICE = ['-v', 'ja', '-s', '145', '-p', '45', '-g', '2'];

/** Without a header. No dither: the same sound is always the same bytes. */
export const RAW_SOUND = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', String(SOUND_RATE)];
const EXACT = ['-D', '-V1'];
/** More would bring up the noise of the room instead of a voice. */
const MOST_GAIN_DB = 30;

/** Changes whenever the same kana would sound otherwise. */
export const SPEECH_RECIPE = [
  'espeak-ng|highpass 250|lowpass 3400|silence ends|limited when louder|sln',
  TARGET_DBFS,
  ...VOICE,
].join('\n');

/**
 * Speaks kana with espeak-ng, which reads no kanji.
 * @returns 8 kHz mono, signed 16 bit, at `TARGET_DBFS`
 */
export async function speakKana(kana: string, run: RunSoundTool): Promise<Buffer> {
  const wav = await run('espeak-ng', [...VOICE, '--stdin', '--stdout'], Buffer.from(kana));
  return asSpeech(wav, run);
}

/** @param wav what a synthesiser put out; its header need not know the length */
export async function asSpeech(wav: Buffer, run: RunSoundTool): Promise<Buffer> {
  const shape = ['highpass', '250', 'lowpass', '3400', 'rate', String(SOUND_RATE), 'pad', '0.2', '0.3'];
  const speech = await run('sox', [...EXACT, '--ignore-length', '-t', 'wav', '-', ...RAW_SOUND, '-', ...shape], wav);
  return levelled(speech, run);
}

/** @returns the same at `TARGET_DBFS`; peaks are rounded off, not cut */
export async function levelled(pcm: Buffer, run: RunSoundTool): Promise<Buffer> {
  const gain = Math.min(MOST_GAIN_DB, TARGET_DBFS - rmsDbfs(pcm));
  // The limiter would also keep from getting quieter what is too loud.
  const limited = gain > 0 ? ['-l'] : [];
  return run('sox', [...EXACT, ...RAW_SOUND, '-', ...RAW_SOUND, '-', 'gain', ...limited, gain.toFixed(2)], pcm);
}
