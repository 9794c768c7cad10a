import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../platform/errors.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import { textParts, tidyKana, wordsKana } from './kana-reading.ts';
import type { SpokenText } from './notice-audio.schema.ts';
import { SoundTools } from './sound-tools.service.ts';
import { asSpeech, speakKana } from './speech.ts';

const NOTHING_TO_READ = {
  path: '/text',
  message: '読み上げられる文字がありません。文章を変えるか、よみを入力してください。',
};

export type Voice = 'espeak-ng' | 'open-jtalk';

export interface Speech {
  /** As in `speech.ts`, at the level of all notices. */
  pcm: Buffer;
  voice: Voice;
  /** What was read out; null when the voice read the text itself. */
  kana: string | null;
}

/** Speaks text on the box itself: nothing leaves the office's network. */
@Injectable()
export class SpeechSynthesis {
  constructor(
    private readonly tools: SoundTools,
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  async voice(): Promise<Voice> {
    return (await this.voiceFile()) === null ? 'espeak-ng' : 'open-jtalk';
  }

  /** @returns how the box reads a text, in kana, by MeCab's dictionary and rules for numbers */
  async reading(text: string): Promise<string> {
    const parts = textParts(text);
    const words = parts.flatMap((part) => ('words' in part ? [part.words] : []));
    const lines = (await this.tools.run('mecab', [], Buffer.from(`${words.join('\n')}\n`)))
      .toString('utf8')
      .split('\n');
    const read = parts.map((part) => {
      if ('kana' in part) return ` ${part.kana}`;
      const end = lines.indexOf('EOS');
      return wordsKana(lines.splice(0, end + 1).slice(0, -1));
    });
    return tidyKana(read.join(''));
  }

  /** @throws InvalidInputError when nothing of it can be read; SoundToolFailedError, SoundToolsBusyError */
  async speak({ text, kana }: SpokenText): Promise<Speech> {
    const model = await this.voiceFile();
    if (model !== null) {
      try {
        return { ...(await this.byOpenJtalk(kana ?? text, model)), kana };
      } catch (error) {
        if (!(error instanceof SoundToolFailedError)) throw error;
        this.logger.warn({ model, error: error.message }, 'the installed voice does not speak, using the other one');
      }
    }
    const read = kana ?? (await this.reading(text));
    if (!/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(read)) throw new InvalidInputError([NOTHING_TO_READ]);
    return { pcm: await speakKana(read, this.tools.run), voice: 'espeak-ng', kana: read };
  }

  private async byOpenJtalk(words: string, model: string): Promise<Pick<Speech, 'pcm' | 'voice'>> {
    // Open JTalk reads one line.
    const line = `${words.replace(/\s*\n\s*/g, '。')}\n`;
    const wav = await this.tools.run('open_jtalk', ['-m', model, '-ow', '/dev/stdout'], Buffer.from(line));
    return { pcm: await asSpeech(wav, this.tools.run), voice: 'open-jtalk' };
  }

  /** An HTS voice that somebody put into the home or installed beside Open JTalk; the first by name. */
  private async voiceFile(): Promise<string | null> {
    const { toolsDir } = this.settings.endpoints;
    const installed = ['/usr/share/hts-voice', resolve(toolsDir, '../root/usr/share/hts-voice')];
    for (const folder of [this.settings.layout.voices, ...installed]) {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      const [first] = names.filter((name) => name.endsWith('.htsvoice')).sort();
      if (first !== undefined) return join(folder, first);
    }
    return null;
  }
}
