import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Line } from '../lines/line.schema.ts';
import { emergencyDialling } from '../phones/emergency-numbers.ts';
import type { Phone } from '../phones/phone.schema.ts';
import { behaviourOf, type Trunk } from '../trunks/trunk.schema.ts';
import * as names from './dialplan-names.ts';
import type { Section } from './section.ts';

/** Contexts of phones' calls to numbers outside; `extensions-outgoing.conf` walks through them. */
export function outgoingSections(document: ConfigurationDocument): Section[] {
  return [
    outsideSection(document),
    { name: 'outgoing-phones', lines: document.phones.flatMap((phone) => phoneLines(phone, document)) },
    { name: 'phones-behind-pbx', lines: pbxPhoneLines(document.phones) },
    ...document.trunks.map((trunk) => shownSection(trunk, document)),
    attempts(
      'outgoing-trunks',
      chosenTrunks(document).flatMap((trunk) => attempt(trunk)),
    ),
    emergencySection(document),
  ];
}

/** To be included by the context of the phones: whatever is dialled there and is no extension. */
export const OUTSIDE_CONTEXT = 'outside';

function outsideSection({ outgoing }: ConfigurationDocument): Section {
  const prefix = outgoing?.prefix ?? '';
  const call = (number: string, subject: string) => [
    `exten => ${number},1,Set(DENWABAN_DIALLED=\${EXTEN})`,
    ` same => n,Set(DENWABAN_WANTED=${subject})`,
    ' same => n,Goto(outgoing,s,1)',
  ];
  const emergency = [...emergencyDialling(prefix)].flatMap(([dialled, number]) => call(dialled, number));
  const anybody = ['[0-9]', '+', '#'].flatMap((first) =>
    call(`_${prefix}${first}!`, prefix === '' ? '${EXTEN}' : `\${EXTEN:${prefix.length}}`),
  );
  return { name: OUTSIDE_CONTEXT, lines: [...emergency, ...(outgoing ? anybody : [])] };
}

/** Sets what a phone may call, and the line it shows. Asterisk ignores hyphens in extensions. */
function phoneLines(phone: Phone, { desks, outgoing }: ConfigurationDocument): string[] {
  const desk = desks.find(({ members, line }) => line !== undefined && members.includes(phone.id));
  const line = phone.line ?? desk?.line ?? outgoing?.line ?? '';
  return [
    `exten => ${names.phoneExtension(phone.id)},1,Set(DENWABAN_OUTSIDE=${phone.outside ?? 'domestic'})`,
    ` same => n,Set(DENWABAN_SHOWN_LINE=${line})`,
    ' same => n,Return()',
  ];
}

/** Which phone calls when the pbx does, by the number it shows; of several with one number, the first. */
function pbxPhoneLines(phones: readonly Phone[]): string[] {
  const byNumber = new Map<string, string>();
  for (const phone of phones) {
    if (phone.type !== 'pbx') continue;
    const number = phone.number.replace('+', '');
    if (!byNumber.has(number)) byNumber.set(number, phone.id);
  }
  return [...byNumber].map(([number, id]) => `exten => ${number},1,Return(${id})`);
}

/** `<number>/<line>` for each line of a trunk; a line of another trunk cannot be shown on it. */
function shownSection(trunk: Trunk, { lines, outgoing }: ConfigurationDocument): Section {
  const own = lines.filter((line) => line.trunk === trunk.id);
  const shown = ({ id, number }: Line) => `Return(${names.nationalNumber(number)}/${id})`;
  const first = own.find(({ id }) => id === outgoing?.line) ?? own[0];
  return {
    name: names.shownContext(trunk.id),
    lines: [
      `exten => other,1,${first ? shown(first) : 'Return(/)'}`,
      ...own.map((line) => `exten => ${names.lineExtension(line.id)},1,${shown(line)}`),
    ],
  };
}

const chosenTrunks = ({ trunks, outgoing }: ConfigurationDocument): Trunk[] =>
  (outgoing?.trunks ?? []).flatMap((id) => trunks.find((trunk) => trunk.id === id) ?? []);

/** One trunk after the other, until one has done what can be done. */
const attempts = (name: string, lines: string[]): Section => ({
  name,
  lines: ['exten => s,1,NoOp()', ...lines, ' same => n(done),Return()'],
});

/** @param regardless to be called, unless it has been, though it did not answer when it was last asked */
function attempt(trunk: Trunk, regardless = false): string[] {
  const { id, host, port } = trunk;
  const { withholding } = behaviourOf(trunk);
  const [context, address] = regardless ? ['outgoing-try-untried', `${host}:${port}`] : ['outgoing-try', ''];
  return [
    ` same => n,Gosub(${context},s,1(${id},${withholding},${address}))`,
    ' same => n,GotoIf($["${GOSUB_RETVAL}"="done"]?done)',
  ];
}

/** All trunks, those for outgoing calls first; then those that seemed to be away. */
function emergencySection(document: ConfigurationDocument): Section {
  const chosen = chosenTrunks(document);
  const all = [...chosen, ...document.trunks.filter((trunk) => !chosen.includes(trunk))];
  const lines = [false, true].flatMap((regardless) => all.flatMap((trunk) => attempt(trunk, regardless)));
  return attempts('outgoing-emergency-trunks', lines);
}
