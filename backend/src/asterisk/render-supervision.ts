import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { SUPERVISORS_CONTEXT, SUPERVISORS_OF_CONTEXT, TELLING_CONTEXT } from './dialplan-names.ts';
import type { Section } from './section.ts';

type Office = Pick<ConfigurationDocument, 'desks' | 'phones'>;

/**
 * Who may be at whose conversations: extension `<extension of the phone>_<extension of the supervisor>` in one context, which
 * context `supervision` looks up, and which returns the phone's id; and, for context `telling`, a subroutine for each phone that
 * collects its supervisors. A phone is never its own supervisor.
 */
export function supervisionSections(office: Office): Section[] {
  const supervised = supervisedPhones(office);
  const lookedUp = supervised.flatMap(({ id, extension, supervisors }) =>
    supervisors.map((supervisor) => `exten => ${extension}_${supervisor},1,Return(${id})`),
  );
  const collected = supervised.flatMap(({ extension, supervisors }) => [
    `exten => ${extension},1,NoOp()`,
    ...supervisors.map((supervisor) => ` same => n,Gosub(${TELLING_CONTEXT},free,1(${supervisor}))`),
    ' same => n,Return()',
  ]);
  return [
    { name: SUPERVISORS_CONTEXT, lines: lookedUp },
    { name: SUPERVISORS_OF_CONTEXT, lines: collected },
  ];
}

/** @returns phones that somebody supervises, with the extensions of those who do */
function supervisedPhones({ desks, phones }: Office) {
  const extensionOf = new Map(phones.map(({ id, extension }) => [id, extension]));
  const supervisorsOf = new Map<string, Set<string>>();
  for (const { members, supervisors = [] } of desks) {
    for (const member of members) {
      const before = supervisorsOf.get(member) ?? [];
      supervisorsOf.set(member, new Set([...before, ...supervisors.filter((id) => id !== member)]));
    }
  }
  return [...supervisorsOf]
    .filter(([, supervisors]) => supervisors.size > 0)
    .map(([id, supervisors]) => ({
      id,
      extension: extensionOf.get(id),
      supervisors: [...supervisors].map((supervisor) => extensionOf.get(supervisor)),
    }));
}
