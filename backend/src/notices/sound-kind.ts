/** Kinds of sound file that are taken, by the name the converter has for them; `aac` has one of its own. */
export type SoundKind = 'wav' | 'mp3' | 'aac' | 'flac' | 'ogg' | 'opus' | 'aiff';

/** As people know them. */
export const SOUND_KIND_NAMES: readonly string[] = ['WAV', 'MP3', 'M4A(AAC)', 'FLAC', 'Ogg Vorbis', 'Opus', 'AIFF'];

/** How much of a file tells its kind. */
export const KIND_BYTES = 64;

const at = (head: Buffer, offset: number, text: string) =>
  head.subarray(offset, offset + text.length).equals(Buffer.from(text, 'latin1'));

/** Where the payload of the first page of an Ogg file begins (RFC 3533, 6). */
const oggPayload = (head: Buffer) => 27 + (head[26] ?? 0);

/** An MPEG audio frame's first bytes: eleven ones, a version and a layer that exist (ISO 11172-3, 2.4.2.3). */
const isMpegFrame = (head: Buffer) =>
  head[0] === 0xff &&
  ((head[1] ?? 0) & 0xe0) === 0xe0 &&
  ((head[1] ?? 0) & 0x18) !== 0x08 &&
  ((head[1] ?? 0) & 6) !== 0;

/** The beginning of bare AAC: twelve ones, a version, and no layer (ADTS; ISO 13818-7, 6.2). */
const isAdtsFrame = (head: Buffer) => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0;

/**
 * Tells a sound file by its first bytes. Its name counts for nothing: the converter has formats that fetch other files.
 * @param head at least `KIND_BYTES` of it, or all
 * @returns `aac` also for other sound in such a file (what smartphones record), which only its decoder tells; null = unknown
 */
export function soundKind(head: Buffer): SoundKind | null {
  if (at(head, 0, 'RIFF') && at(head, 8, 'WAVE')) return 'wav';
  if (at(head, 0, 'fLaC')) return 'flac';
  if (at(head, 0, 'FORM') && (at(head, 8, 'AIFF') || at(head, 8, 'AIFC'))) return 'aiff';
  if (at(head, 0, 'OggS')) {
    if (at(head, oggPayload(head), 'OpusHead')) return 'opus';
    return at(head, oggPayload(head), '\x01vorbis') ? 'ogg' : null;
  }
  if (at(head, 4, 'ftyp') || isAdtsFrame(head)) return 'aac';
  return at(head, 0, 'ID3') || isMpegFrame(head) ? 'mp3' : null;
}
