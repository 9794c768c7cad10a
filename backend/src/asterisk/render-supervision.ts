import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { SUPERVISORS_CONTEXT } from './dialplan-names.ts';
import type { Section } from './section.ts';

/**
 * Who may be at whose conversations: extension `<extension of the phone>_<extension of the supervisor>` in one context, which
 * context `supervision` looks up, and which returns the phone's id. A phone is never its own supervisor.
 */
export function supervisionSection({ desks, phones }: Pick<ConfigurationDocument, 'desks' | 'phones'>): Section {
  const extensionOf = new Map(phones.map(({ id, extension }) => [id, extension]));
  const pairs = desks.flatMap(({ members, supervisors = [] }) =>
    members.flatMap((member) => supervisors.filter((id) => id !== member).map((id) => [member, id])),
  );
  const lines = pairs.map(([member = '', supervisor = '']) => {
    const extension = `${extensionOf.get(member)}_${extensionOf.get(supervisor)}`;
    return `exten => ${extension},1,Return(${member})`;
  });
  return { name: SUPERVISORS_CONTEXT, lines: [...new Set(lines)] };
}
