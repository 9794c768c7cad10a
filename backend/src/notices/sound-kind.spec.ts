import { describe, expect, it } from '@jest/globals';
import { soundKind } from './sound-kind.ts';

const head = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const oggPage = (payload: string) => head('OggS', Array<number>(22).fill(0), [1, payload.length], payload);

describe('the kind of a sound file', () => {
  it.each([
    ['wav', head('RIFF', [1, 2, 3, 4], 'WAVEfmt ')],
    ['flac', head('fLaC', [0])],
    ['aiff', head('FORM', [0, 0, 0, 0], 'AIFF')],
    ['aiff', head('FORM', [0, 0, 0, 0], 'AIFC')],
    ['opus', oggPage('OpusHead')],
    ['ogg', oggPage('\x01vorbis')],
    ['mp3', head('ID3', [4, 0])],
    ['mp3', head([0xff, 0xfb, 0x90, 0x00])],
    ['aac', head([0, 0, 0, 0x20], 'ftypM4A ')],
    ['aac', head([0xff, 0xf1, 0x50, 0x80])],
  ] as const)('%s is told by its first bytes', (kind, bytes) => {
    expect(soundKind(bytes)).toBe(kind);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a playlist', head('#EXTM3U\n/etc/passwd')],
    ['a picture', head([0xff, 0xd8, 0xff, 0xe0])],
    ['a video in Ogg', oggPage('\x80theora')],
    ['AVI', head('RIFF', [0, 0, 0, 0], 'AVI ')],
    ['no MPEG version', head([0xff, 0xe9])],
    ['neither MPEG audio nor AAC', head([0xff, 0xe1])],
  ])('%s is none', (_what, bytes) => {
    expect(soundKind(bytes)).toBeNull();
  });
});
