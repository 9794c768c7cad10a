import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { SUPERVISORS_CONTEXT } from './dialplan-names.ts';
import type { Section } from './section.ts';

/**
 * Who may be at whose conversations: extension `<extension of the phone>_<extension of the supervisor>` in one context, which
 * context `supervision` looks up. A phone is never its own supervisor.
 */
export function supervisionSection({ desks, phones }: Pick<ConfigurationDocument, 'desks' | 'phones'>): Section {
  const extensionOf = new Map(phones.map(({ id, extension }) => [id, extension]));
  const pairs = desks.flatMap(({ members, supervisors = [] }) =>
    members.flatMap((member) => supervisors.filter((id) => id !== member).map((id) => [member, id])),
  );
  const extensions = pairs.map((pair) => pair.map((id) => extensionOf.get(id)).join('_'));
  return {
    name: SUPERVISORS_CONTEXT,
    lines: [...new Set(extensions)].map((extension) => `exten => ${extension},1,Return()`),
  };
}
