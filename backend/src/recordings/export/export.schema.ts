import { z } from 'zod';
import { CallSearch } from '../../calls/call.schema.ts';
import { Instant } from '../../platform/schema.ts';

/** original = byte for byte what was sealed; the others are made from it. */
export const ExportFormat = z.enum(['original', 'wav', 'flac', 'mp3']).meta({ id: 'ExportFormat' });
export type ExportFormat = z.infer<typeof ExportFormat>;

/** left = the outside party, right = our side, each as a file of one channel. */
export const AudioSide = z.enum(['both', 'left', 'right']).meta({ id: 'AudioSide' });
export type AudioSide = z.infer<typeof AudioSide>;

/** cp932 = what old Japanese programs read; it lacks characters, which are told. */
export const ListEncoding = z.enum(['utf-8', 'cp932']).meta({ id: 'ListEncoding' });
export type ListEncoding = z.infer<typeof ListEncoding>;

/** More would be a copy of the archive rather than an answer to a request. */
export const MOST_RECORDINGS = 10_000;

/** Typed on any keyboard alike, which Japanese input is not: half-width letters, digits and signs. */
export const Passphrase = z
  .string()
  .min(12, 'パスフレーズは12文字以上にしてください')
  .max(100, 'パスフレーズは100文字以内にしてください')
  .regex(/^[\x20-\x7e]*$/, 'パスフレーズには半角の英数字と記号を使ってください')
  .regex(/^\S(?:.*\S)?$/s, 'パスフレーズの先頭と末尾に空白は使えません');

const CallCriteria = CallSearch.omit({ limit: true, cursor: true }).meta({ id: 'ExportedSearch' });

export const ExportOrder = z
  .strictObject({
    /** Every call that this search finds now and that has ended. Either this or `callIds`. */
    search: CallCriteria.optional(),
    callIds: z.array(z.uuid()).min(1).max(MOST_RECORDINGS).optional(),
    format: ExportFormat,
    side: AudioSide.default('both'),
    listEncoding: ListEncoding.default('utf-8'),
    /** For whoever asks later why recordings left the box. */
    reason: z.string().trim().min(1, '理由を入力してください').max(500, '500文字以内にしてください'),
    /** The archive becomes a `.zip.age`. Kept in memory for the download only: see `PUT /exports/:id/passphrase`. */
    passphrase: Passphrase.optional(),
  })
  .refine(({ search, callIds }) => (search === undefined) !== (callIds === undefined), {
    path: ['callIds'],
    message: '検索条件か通話のどちらか一方を指定してください',
  })
  .refine(({ format, side }) => format !== 'original' || side === 'both', {
    path: ['side'],
    message: '保存された形式のまま書き出すときは、両方の側を選んでください',
  })
  .meta({ id: 'ExportOrder' });
export type ExportOrder = z.infer<typeof ExportOrder>;

export const PassphraseAgain = z.strictObject({ passphrase: Passphrase }).meta({ id: 'PassphraseAgain' });
export type PassphraseAgain = z.infer<typeof PassphraseAgain>;

/**
 * ready = can be downloaded, nobody has yet; running = is being downloaded; completed = was downloaded to the end, with
 * `missing` told; interrupted = the last download broke off, and can begin again; expired = can be downloaded no more.
 */
export const ExportState = z
  .enum(['ready', 'running', 'completed', 'interrupted', 'expired'])
  .meta({ id: 'ExportState' });
export type ExportState = z.infer<typeof ExportState>;

export const ExportView = z
  .object({
    id: z.uuid(),
    createdAt: Instant,
    createdBy: z.object({ id: z.uuid(), name: z.string() }),
    /** Only who created it may download it. */
    own: z.boolean(),
    reason: z.string(),
    format: ExportFormat,
    side: AudioSide,
    listEncoding: ListEncoding,
    encrypted: z.boolean(),
    /** Whether a passphrase has to be given before the next download: none is kept over time or a restart. */
    passphraseNeeded: z.boolean(),
    expiresAt: Instant,
    state: ExportState,
    /** Of the last download, with the number of calls in the list. */
    progress: z.object({
      calls: z.int(),
      done: z.int(),
      /** Calls of which nothing was to be recorded, e.g. refused ones. */
      withoutAudio: z.int(),
      /** Recordings that should be there and could not be exported; the manifest says why. */
      missing: z.int(),
      sizeBytes: z.int(),
    }),
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    /** Characters that the encoding of the list does not have, each once. */
    lostCharacters: z.array(z.string()),
  })
  .meta({ id: 'Export' });
export type ExportView = z.infer<typeof ExportView>;

export const ExportPage = z
  .object({ exports: z.array(ExportView), nextCursor: z.string().nullable() })
  .meta({ id: 'ExportPage' });
export type ExportPage = z.infer<typeof ExportPage>;
