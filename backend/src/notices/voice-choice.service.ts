import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import { SoundToolsBusyError } from './notice-audio.errors.ts';
import { htsVoices, openJtalkPlaces, type OpenJtalkVoice } from './open-jtalk.ts';
import { soundRefusal } from './sound-judgement.ts';
import { measureSound } from './sound-level.ts';
import { SoundTools } from './sound-tools.service.ts';
import { speakText } from './speech.ts';

export type Voice = 'espeak-ng' | 'open-jtalk';

const TRIAL = 'ただいま試験中です。';
/** The machine may have been too busy; nobody has to change the file for it to be tried again. */
const TRIED_AGAIN_AFTER_MS = 60_000;

interface Trial {
  /** Whatever is another file under the same name has another one. */
  file: string;
  /** Null while it goes on. */
  endedMs: number | null;
  speaks: Promise<boolean>;
}

/** Knows which voice the box really speaks with: one that lies there and does not speak is none. */
@Injectable()
export class VoiceChoice {
  private readonly trials = new Map<string, Trial>();

  constructor(
    private readonly tools: SoundTools,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async name(): Promise<Voice> {
    return (await this.openJtalk()) === null ? 'espeak-ng' : 'open-jtalk';
  }

  /** @returns the first voice that speaks: of those that somebody put into the home, else what came with the box */
  async openJtalk(): Promise<OpenJtalkVoice | null> {
    const { voices, dictionary } = openJtalkPlaces(this.settings.endpoints.toolsDir);
    const models = await htsVoices([this.settings.layout.voices, voices]);
    for (const model of this.trials.keys()) if (!models.includes(model)) this.trials.delete(model);
    for (const model of models) if (await this.speaks({ model, dictionary })) return { model, dictionary };
    return null;
  }

  private async speaks(voice: OpenJtalkVoice): Promise<boolean> {
    const found = await stat(voice.model).catch(() => null);
    if (found === null) return false;
    const file = `${found.ino} ${found.size} ${found.mtimeMs}`;
    const known = this.trials.get(voice.model);
    if (known?.file === file) {
      const speaks = await known.speaks;
      const agoMs = this.clock.now().getTime() - (known.endedMs ?? this.clock.now().getTime());
      if (speaks || agoMs < TRIED_AGAIN_AFTER_MS) return speaks;
    }
    const trial: Trial = { file, endedMs: null, speaks: this.try(voice) };
    this.trials.set(voice.model, trial);
    try {
      return await trial.speaks;
    } finally {
      // One that hangs takes as long as it is given: only then does the time begin to run.
      trial.endedMs = this.clock.now().getTime();
    }
  }

  private async try(voice: OpenJtalkVoice): Promise<boolean> {
    try {
      const refusal = soundRefusal(measureSound(await speakText(TRIAL, voice, this.tools)));
      if (refusal === null) return true;
      this.logger.warn({ model: voice.model, refusal }, 'a voice that lies there does not speak');
    } catch (error) {
      if (!(error instanceof SoundToolFailedError)) {
        this.trials.delete(voice.model);
        // Nothing is known against it; whoever has it speak is told that the box is busy.
        if (error instanceof SoundToolsBusyError) return true;
        throw error;
      }
      this.logger.warn({ model: voice.model, error: error.message }, 'a voice that lies there does not speak');
    }
    return false;
  }
}
