import type { NoticeAudioEntity } from './notice-audio.entity.ts';
import type { AudioUse } from './notice-audio.repository.ts';
import type { NoticeAudio } from './notice-audio.schema.ts';
import type { Notice } from './notice.schema.ts';
import { soundWarnings } from './sound-judgement.ts';

const usedBy = (id: string, uses: readonly AudioUse[]) =>
  uses.filter(({ audio }) => audio === id).map((use) => ({ id: use.id, name: use.name }));

const rounded = (value: number) => Math.round(value * 10) / 10;

export function shippedAudioView(
  { audio, name, text }: Notice,
  durationMs: number,
  uses: readonly AudioUse[],
): NoticeAudio {
  return {
    ...{ id: audio, name, source: 'shipped', text, kana: null, voice: null, durationMs: Math.round(durationMs) },
    ...{ level: null, recorded: null, createdAt: null, createdBy: null, usedBy: usedBy(audio, uses) },
  };
}

export function ownAudioView(
  audio: NoticeAudioEntity,
  creatorName: string | null,
  uses: readonly AudioUse[],
): NoticeAudio {
  const { id, name, source, text, kana, voice, durationMs, recordedNumber, recordedBy } = audio;
  return {
    ...{ id, name, source, text, kana, voice: voice === 'open-jtalk' || voice === 'espeak-ng' ? voice : null },
    durationMs,
    level: {
      activeDbfs: rounded(audio.activeDbfs),
      peakDbfs: rounded(audio.peakDbfs),
      clippedPercent: rounded(audio.clippedShare * 100),
      silentPercent: rounded(audio.silentShare * 100),
      warnings: soundWarnings(audio),
    },
    recorded: recordedNumber === null ? null : { number: recordedNumber, extension: recordedBy ?? '' },
    ...{ createdAt: audio.createdAt.toISOString(), createdBy: creatorName, usedBy: usedBy(id, uses) },
  };
}
