import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Section } from './section.ts';

/** Endpoints of the phones by which notices may be recorded and heard; extensions-notices.conf looks them up. */
export function noticeRecordersSection({ noticeRecording, phones }: ConfigurationDocument): Section {
  const allowed = new Set(noticeRecording?.phones ?? []);
  return {
    name: 'notice-recorders',
    lines: phones.filter(({ id }) => allowed.has(id)).map(({ extension }) => `exten => ${extension},1,NoOp()`),
  };
}
