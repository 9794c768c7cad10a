import { z } from 'zod';

/** How sealed audio is encoded. flac = lossless; opus = a quarter to a half of the room, a little of the sound. */
export const AudioFormat = z.enum(['flac', 'opus']).meta({ id: 'AudioFormat' });
export type AudioFormat = z.infer<typeof AudioFormat>;

/** RFC 9639, 12 and RFC 7845, 9. */
export const MEDIA_TYPE: Record<AudioFormat, string> = { flac: 'audio/flac', opus: 'audio/ogg; codecs=opus' };
