import { createHash } from 'node:crypto';

const OWN = /^own-[0-9a-f]{32}$/;

/** Whether an audio is one that an office made; else it is shipped with the box. No shipped one begins with `own-`. */
export const isOwnAudio = (audio: string): boolean => OWN.test(audio);

/** @param pcm 8 kHz mono, signed 16 bit. The same sound has the same id. */
export const ownAudioId = (pcm: Uint8Array): string =>
  `own-${createHash('sha256').update(pcm).digest('hex').slice(0, 32)}`;
