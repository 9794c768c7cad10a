import type { ExportedCall } from './export.repository.ts';
import { NO_NUMBER } from './list-words.ts';

const JAPAN_MS = 9 * 3_600_000;
/** Of a part of the name; with all parts well below the 255 bytes and 260 characters of file systems and Windows. */
const MOST_CHARACTERS = 30;

/** Reserved by Windows, controls, and what turns the direction of text around so that `gpj.exe` reads `exe.jpg`. */
const UNSAFE = /[\\/:*?"<>|\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/gu;

/** Japan's time, in which the office lives, as it stands on the wall: `2026-11-21 09:05:33`. */
export const japanTime = (at: Date): string =>
  new Date(at.getTime() + JAPAN_MS).toISOString().slice(0, 19).replace('T', ' ');

/** Text as a part of a file name that every system takes. `_` separates the parts, so it is none of them. */
export function namePart(text: string): string {
  const safe = text
    .normalize('NFC')
    .replaceAll(/[\s_]+/g, ' ')
    .replace(UNSAFE, '');
  // By code points: half a surrogate pair is no character.
  return Array.from(safe)
    .slice(0, MOST_CHARACTERS)
    .join('')
    .replace(/^[\s.]+|[\s.]+$/g, '');
}

/**
 * `録音/20261121_090533_代表_09012345678_1a2b3c4d.wav`
 * @param taken names already given in this archive; the new one is added
 */
export function fileNameOf(call: ExportedCall, recordingId: string, extension: string, taken: Set<string>): string {
  const [day = '', time = ''] = japanTime(call.startedAt).replaceAll(/[-:]/g, '').split(' ');
  const line = namePart(call.lineName ?? call.lineId ?? call.dialled);
  const party = namePart(call.number ?? NO_NUMBER[call.presentation]);
  const parts = [day, time, line, party].filter((part) => part !== '');
  const named = (id: string) => `録音/${[...parts, id].join('_')}.${extension}`;
  const short = named(recordingId.slice(0, 8));
  const name = taken.has(short) ? named(recordingId) : short;
  taken.add(name);
  return name;
}
