import { createHash } from 'node:crypto';

const OWN = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether an audio is one that an office made; else it is shipped with the box. No shipped one looks like it. */
export const isOwnAudio = (audio: string): boolean => OWN.test(audio);

/**
 * The same sound has the same id: a UUID of what is heard (RFC 9562, 5.8).
 * @param pcm 8 kHz mono, signed 16 bit
 */
export function ownAudioId(pcm: Uint8Array): string {
  const bytes = createHash('sha256').update(pcm).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
