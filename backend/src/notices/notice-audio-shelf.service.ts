import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { Clock } from '../platform/clock.ts';
import { NotFoundError } from '../platform/errors.ts';
import { isMissing } from '../platform/file-errors.ts';
import { Settings } from '../platform/settings.ts';
import { wavHeader } from '../recordings/formats/mixed-wav.ts';
import { SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import { ownAudioId } from './notice-audio-id.ts';
import type { NoticeAudioEntity } from './notice-audio.entity.ts';
import { AudioInUseError, SpeechFailedError, TooMuchAudioError } from './notice-audio.errors.ts';
import { type AudioUse, NoticeAudioRepository } from './notice-audio.repository.ts';
import {
  ACCEPTED,
  MOST_AUDIO,
  type NewSpokenAudio,
  type NoticeAudio,
  type NoticeAudioList,
  type SpokenText,
} from './notice-audio.schema.ts';
import { ownAudioView, shippedAudioView } from './notice-audio-view.ts';
import { Prompts } from './prompts.ts';
import { SHIPPED_NOTICES } from './shipped-notices.ts';
import { SoundIntake, type TakenSound } from './sound-intake.service.ts';
import { measureSound } from './sound-level.ts';
import { type Speech, SpeechSynthesis } from './speech-synthesis.service.ts';
import { VoiceChoice } from './voice-choice.service.ts';

export interface Asker {
  userId: string;
  remoteAddress: string | null;
}

type Origin = Pick<NoticeAudioEntity, 'name' | 'source'> &
  Partial<Pick<NoticeAudioEntity, 'text' | 'kana' | 'voice' | 'recordedNumber' | 'recordedBy' | 'createdBy'>>;

/** The sounds that notices can play: those that come with the box and those that the office made. */
@Injectable()
export class NoticeAudioShelf {
  constructor(
    private readonly audio: NoticeAudioRepository,
    private readonly intake: SoundIntake,
    private readonly speech: SpeechSynthesis,
    private readonly voices: VoiceChoice,
    private readonly prompts: Prompts,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  /** Own ones first, newest first. */
  async list(): Promise<NoticeAudioList> {
    const [stored, uses, voice] = await Promise.all([this.audio.list(), this.audio.uses(), this.voices.name()]);
    const shipped = await Promise.all(
      SHIPPED_NOTICES.map(async (notice) => {
        return shippedAudioView(notice, (await this.prompts.lengthMs(notice.audio)) ?? 0, uses);
      }),
    );
    const own = stored.map(({ audio, creatorName }) => ownAudioView(audio, creatorName, uses));
    return { audio: [...own, ...shipped], voice, accepted: ACCEPTED };
  }

  /** @throws what `SoundIntake.take` throws, TooMuchAudioError */
  async upload(name: string, bytes: Readable, asker: Asker): Promise<NoticeAudio> {
    const sound = await this.intake.take(bytes);
    return this.keep(sound, { name, source: 'upload', createdBy: asker.userId }, asker);
  }

  reading(text: string): Promise<string> {
    return orSpeechFailed(this.speech.reading(text));
  }

  /** @returns WAV; nothing is kept */
  async preview(text: SpokenText): Promise<Buffer> {
    return asWav((await orSpeechFailed(this.speech.speak(text))).pcm);
  }

  /** @throws SpeechFailedError, SoundUnfitError, TooMuchAudioError */
  async speak({ name, ...said }: NewSpokenAudio, asker: Asker): Promise<NoticeAudio> {
    const { pcm, voice, kana }: Speech = await orSpeechFailed(this.speech.speak(said));
    const { level } = await this.intake.fitSound(pcm);
    const origin = { name, source: 'speech', text: said.text, kana, voice, createdBy: asker.userId } as const;
    return this.keep({ pcm, level }, origin, asker);
  }

  /**
   * Keeps what was recorded by phone. It is played to nobody until a notice names it.
   * @throws SoundUnfitError, TooMuchAudioError
   */
  async keepRecorded(pcm: Buffer, recordedNumber: number, recordedBy: string): Promise<NoticeAudio> {
    const name = `電話機から録音(内線${recordedBy}、番号${recordedNumber})`;
    const origin = { name, source: 'phone', recordedNumber, recordedBy } as const;
    return this.keep(await this.intake.fitSound(pcm), origin, null);
  }

  /** @returns WAV @throws NotFoundError */
  async wav(id: string): Promise<Buffer> {
    const pcm = await this.audio.pcm(id);
    if (pcm === null) throw new NotFoundError();
    return asWav(pcm);
  }

  /** @param audio name of a prompt @returns WAV @throws NotFoundError when the home has lost it */
  async shippedWav(audio: string): Promise<Buffer> {
    try {
      return asWav(await readFile(join(this.settings.layout.asteriskPrompts, `${audio}.sln`)));
    } catch (error) {
      throw isMissing(error) ? new NotFoundError() : error;
    }
  }

  /** @throws NotFoundError, AudioInUseError */
  async remove(id: string, { userId, remoteAddress }: Asker): Promise<void> {
    const found = await this.audio.byId(id);
    if (!found) throw new NotFoundError();
    refuseInUse((await this.audio.uses()).filter(({ audio }) => audio === id));
    const detail = { name: found.name, source: found.source };
    await this.audit.record({ userId, action: 'notice-audio.delete', subject: id, detail, remoteAddress });
    // Somebody may have begun to use it meanwhile; looked at again where no configuration can be added.
    refuseInUse((await this.audio.remove(id)) ?? []);
  }

  private async keep({ pcm, level }: TakenSound, origin: Origin, asker: Asker | null): Promise<NoticeAudio> {
    const unknown = { text: null, kana: null, voice: null, recordedNumber: null, recordedBy: null, createdBy: null };
    const { durationMs } = measureSound(pcm);
    const made: NoticeAudioEntity = {
      ...{ id: ownAudioId(pcm), ...unknown, ...origin, ...level, durationMs, pcm, createdAt: this.clock.now() },
    };
    await this.audit.record({
      ...{ userId: asker?.userId ?? null, remoteAddress: asker?.remoteAddress ?? null, subject: made.id },
      ...{ action: 'notice-audio.create', detail: { name: made.name, source: made.source, by: made.recordedBy } },
    });
    if ((await this.audio.add(made, MOST_AUDIO)) === 'full') throw new TooMuchAudioError(MOST_AUDIO);
    return this.view(made.id);
  }

  private async view(id: string): Promise<NoticeAudio> {
    const [stored, uses] = await Promise.all([this.audio.list(), this.audio.uses()]);
    const found = stored.find(({ audio }) => audio.id === id);
    if (!found) throw new NotFoundError();
    return ownAudioView(found.audio, found.creatorName, uses);
  }
}

function refuseInUse(uses: readonly AudioUse[]): void {
  if (uses.length > 0) throw new AudioInUseError(uses.map(({ id, name }) => ({ id, name })));
}

const asWav = (pcm: Buffer): Buffer => Buffer.concat([wavHeader(pcm.length / 2), pcm]);

async function orSpeechFailed<T>(speaking: Promise<T>): Promise<T> {
  try {
    return await speaking;
  } catch (error) {
    if (error instanceof SoundToolFailedError) throw new SpeechFailedError();
    throw error;
  }
}
