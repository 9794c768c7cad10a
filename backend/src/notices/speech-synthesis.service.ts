import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../platform/errors.ts';
import { Logger } from '../platform/logging.ts';
import { SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import { textParts, tidyKana, wordsKana } from './kana-reading.ts';
import type { SpokenText } from './notice-audio.schema.ts';
import type { OpenJtalkVoice } from './open-jtalk.ts';
import { SoundTools } from './sound-tools.service.ts';
import { spelledOut } from './spelled-out.ts';
import { readText, speakKana, speakText } from './speech.ts';
import { type Voice, VoiceChoice } from './voice-choice.service.ts';

const NOTHING_TO_READ = {
  path: '/text',
  message: '読み上げられる文字がありません。文章を変えるか、よみを入力してください。',
};

export interface Speech {
  /** As in `speech.ts`, at the level of all notices. */
  pcm: Buffer;
  voice: Voice;
  /** What was read out. */
  kana: string;
}

/** Speaks text on the box itself: nothing leaves the office's network. */
@Injectable()
export class SpeechSynthesis {
  constructor(
    private readonly tools: SoundTools,
    private readonly choice: VoiceChoice,
    private readonly logger: Logger,
  ) {}

  /** @returns how the box reads a text, in kana: as the voice does that speaks it */
  async reading(written: string): Promise<string> {
    const text = spelledOut(written);
    return (await this.byOpenJtalk((voice) => readText(text, voice, this.tools))) ?? (await this.byMecab(text));
  }

  /** @throws InvalidInputError when nothing of it can be read; SoundToolFailedError, SoundToolsBusyError */
  async speak({ text, kana }: SpokenText): Promise<Speech> {
    const own = await this.reading(text);
    const read = kana ?? own;
    if (!/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(read)) throw new InvalidInputError([NOTHING_TO_READ]);
    // Accents are in the dictionary, by words as they are written: kana alone is for what somebody corrected.
    const words = read === own ? spelledOut(text) : read.replace(/[ \u3000]/g, '');
    const spoken = await this.byOpenJtalk((voice) => speakText(words, voice, this.tools));
    if (spoken !== null) return { pcm: spoken, voice: 'open-jtalk', kana: read };
    return { pcm: await speakKana(read, this.tools), voice: 'espeak-ng', kana: read };
  }

  /** @returns null when there is no voice, or none that is up to this text */
  private async byOpenJtalk<T>(work: (voice: OpenJtalkVoice) => Promise<T>): Promise<T | null> {
    const voice = await this.choice.openJtalk();
    if (voice === null) return null;
    try {
      return await work(voice);
    } catch (error) {
      if (!(error instanceof SoundToolFailedError)) throw error;
      this.logger.warn(
        { model: voice.model, error: error.message },
        'Open JTalk failed at a text, espeak-ng speaks it',
      );
      return null;
    }
  }

  /** By MeCab's dictionary and rules for numbers. */
  private async byMecab(text: string): Promise<string> {
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
}
