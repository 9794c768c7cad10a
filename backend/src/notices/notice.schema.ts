import { z } from 'zod';
import { DisplayName, Identifier } from '../platform/schema.ts';

/** 告知: an announcement. `audio` names a sound shipped with the box, or one that the office made (a UUID). */
export const Notice = z
  .strictObject({
    id: Identifier,
    name: DisplayName,
    text: z.string().trim().min(1).max(1000),
    audio: Identifier,
  })
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof Notice>;

/** Registered phones by which notices may be recorded, as drafts that are played to nobody until a notice names them. */
export const NoticeRecording = z.strictObject({ phones: z.array(Identifier).max(500) }).meta({ id: 'NoticeRecording' });
export type NoticeRecording = z.infer<typeof NoticeRecording>;
