import { z } from 'zod';
import { DisplayName, Identifier, Instant } from '../platform/schema.ts';
import { SHIPPED_AUDIO } from './shipped-notices.ts';
import { LONGEST_SECONDS, SHORTEST_MS, SoundWarning } from './sound-judgement.ts';
import { SOUND_KIND_NAMES } from './sound-kind.ts';
import { TARGET_DBFS } from './sound-level.ts';

/** 20 MB are three minutes of WAV as studios deliver it. */
export const UPLOAD_BYTES = 20 * 1024 * 1024;
/** A box has some dozens; more is a mistake that would grow every backup. */
export const MOST_AUDIO = 200;

const NoticeText = z
  .string()
  .trim()
  .min(1, '文章を入力してください')
  .max(1000, '1000文字以内にしてください')
  .regex(/^[\s\P{Cc}]*$/u, '制御文字は使えません');
const Kana = z
  .string()
  .trim()
  .min(1, 'よみを入力してください')
  .max(2000, '2000文字以内にしてください')
  .regex(/^[\p{Script=Hiragana}\p{Script=Katakana}ー、。\s]+$/u, 'よみは、かな・長音・句読点・空白で入力してください');

/** Measured of what came in, before it was brought to the level of all notices. */
const SoundMeasurement = z
  .object({
    activeDbfs: z.number(),
    peakDbfs: z.number(),
    clippedPercent: z.number(),
    silentPercent: z.number(),
    warnings: z.array(SoundWarning),
  })
  .meta({ id: 'SoundMeasurement' });

/** A sound that a notice can play. */
export const NoticeAudio = z
  .object({
    id: Identifier,
    name: z.string(),
    source: z.enum(['shipped', 'upload', 'speech', 'phone']),
    text: z.string().nullable(),
    kana: z.string().nullable(),
    voice: z.enum(['espeak-ng', 'open-jtalk']).nullable(),
    durationMs: z.int(),
    /** null for what is shipped */
    level: SoundMeasurement.nullable(),
    /** Of one recorded by phone: the number it was recorded under, and by which extension. */
    recorded: z.object({ number: z.int(), extension: z.string() }).nullable(),
    createdAt: Instant.nullable(),
    createdBy: z.string().nullable(),
    /** Notices of the newest configuration that play it. */
    usedBy: z.array(z.object({ id: Identifier, name: z.string() })),
  })
  .meta({ id: 'NoticeAudio' });
export type NoticeAudio = z.infer<typeof NoticeAudio>;

export const NoticeAudioList = z
  .object({
    audio: z.array(NoticeAudio),
    /** What texts are spoken with now. */
    voice: z.enum(['espeak-ng', 'open-jtalk']),
    accepted: z.object({
      kinds: z.array(z.string()),
      mostBytes: z.int(),
      shortestMs: z.int(),
      longestMs: z.int(),
      levelDbfs: z.number(),
    }),
  })
  .meta({ id: 'NoticeAudioList' });
export type NoticeAudioList = z.infer<typeof NoticeAudioList>;

export const ACCEPTED: NoticeAudioList['accepted'] = {
  kinds: [...SOUND_KIND_NAMES],
  ...{ mostBytes: UPLOAD_BYTES, shortestMs: SHORTEST_MS, longestMs: LONGEST_SECONDS * 1000, levelDbfs: TARGET_DBFS },
};

/** Text to be spoken by the box. `kana: null` = as the box reads the text. */
export const SpokenText = z.strictObject({ text: NoticeText, kana: Kana.nullable() }).meta({ id: 'SpokenText' });
export type SpokenText = z.infer<typeof SpokenText>;

export const NewSpokenAudio = z.strictObject({ name: DisplayName, ...SpokenText.shape }).meta({ id: 'NewSpokenAudio' });
export type NewSpokenAudio = z.infer<typeof NewSpokenAudio>;

export const TextToRead = z.strictObject({ text: NoticeText }).meta({ id: 'TextToRead' });
export const KanaReading = z.object({ kana: z.string() }).meta({ id: 'KanaReading' });

/** Percent-encoded UTF-8: headers are Latin, and names do not stand in addresses. */
export const SOUND_NAME_HEADER = 'Sound-Name';
export const SoundName = DisplayName;

export const AudioId = z.object({ id: z.uuid() });
export const ShippedAudioId = z.object({ audio: z.enum([...SHIPPED_AUDIO]) });
