import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Section } from './section.ts';

/** The notice that each phone's outgoing calls play to whom they reach; `extensions-outgoing.conf` looks phones up here. */
export function outgoingNoticeSections({ desks, notices }: ConfigurationDocument): Section[] {
  const audioOf = new Map(notices.map(({ id, audio }) => [id, audio]));
  const noticeOf = new Map<string, string>();
  for (const { members, outgoingNotice } of desks) {
    if (outgoingNotice === undefined) continue;
    for (const phone of members) if (!noticeOf.has(phone)) noticeOf.set(phone, outgoingNotice);
  }
  // Asterisk ignores hyphens in extensions.
  const lines = [...noticeOf].flatMap(([phone, notice]) => [
    `exten => phone_${phone.replaceAll('-', '_')},1,Gosub(notice,s,1(${notice},${audioOf.get(notice) ?? ''}))`,
    ' same => n,Return()',
  ]);
  return [{ name: 'outgoing-notices', lines }];
}
