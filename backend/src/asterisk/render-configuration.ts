import { createHash } from 'node:crypto';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { type Desk, ringPlanOf } from '../desks/desk.schema.ts';
import type { Phone } from '../phones/phone.schema.ts';
import * as names from './dialplan-names.ts';
import { blocklistSections } from './render-blocklist.ts';
import { flowSections } from './render-flow.ts';
import { OUTSIDE_CONTEXT, outgoingSections } from './render-outgoing.ts';
import { outgoingNoticeSections } from './render-outgoing-notices.ts';
import { peerAorSection } from './render-peer.ts';
import { recordingRuleSections } from './render-recording-rules.ts';
import { noticeRecordersSection } from './render-notice-recorders.ts';
import { scheduleSections } from './render-schedules.ts';
import { supervisionSections } from './render-supervision.ts';
import { trunkLinesSection, trunkPeerSections, trunkSection } from './render-trunks.ts';
import { renderSections, type Section } from './section.ts';

/** Contents of the files in `generated/`. */
export interface RenderedConfiguration {
  'pjsip.conf': string;
  'extensions.conf': string;
}

/** What must be found in Asterisk once a rendered configuration is in force. */
export interface ExpectedObjects {
  endpoints: string[];
  contexts: string[];
}

/**
 * Renders a document without problems (`findConfigurationProblems`) for Asterisk. Deterministic: the same document gives
 * the same text. Only identifiers, digits, addresses and secrets of a narrow alphabet are written, never names or texts,
 * so that no value can break out of its line.
 */
export function renderConfiguration(document: ConfigurationDocument): RenderedConfiguration {
  const pjsip = renderPjsip(document);
  const sections = dialplanSections(document);
  const stamp = { name: stampContext(pjsip, renderSections(sections)), lines: ['exten => s,1,Hangup()'] };
  return { 'pjsip.conf': pjsip, 'extensions.conf': renderSections([stamp, ...sections]) };
}

export function expectedObjects(document: ConfigurationDocument): ExpectedObjects {
  const sections = dialplanSections(document);
  return {
    endpoints: [
      ...document.trunks.map(({ id }) => names.trunkEndpoint(id)),
      ...(document.pbx ? [names.PBX_ENDPOINT] : []),
      ...document.phones.map(({ extension }) => names.phoneEndpoint(extension)),
    ],
    contexts: [stampContext(renderPjsip(document), renderSections(sections)), ...sections.map(({ name }) => name)],
  };
}

/** A context whose name tells which configuration Asterisk has read. */
function stampContext(pjsip: string, dialplan: string): string {
  return `configuration-${createHash('sha256').update(pjsip).update(dialplan).digest('hex').slice(0, 16)}`;
}

function renderPjsip(document: ConfigurationDocument): string {
  const { trunks } = document;
  const sections = trunks.flatMap((trunk) => trunkPeerSections(trunk, trunks));
  if (document.pbx) {
    const name = names.PBX_ENDPOINT;
    sections.push({ name, template: 'denwaban-pbx', lines: [`aors = ${name}`] }, peerAorSection(name, document.pbx), {
      name,
      lines: ['type = identify', `endpoint = ${name}`, `match = ${document.pbx.host}`],
    });
  }
  return renderSections([...sections, ...document.phones.flatMap((phone) => phoneSections(phone, document.pbx))]);
}

const TEMPLATE = { udp: 'denwaban-phone', tls: 'denwaban-phone-by-tls' } as const;

function phoneSections(phone: Phone, pbx: ConfigurationDocument['pbx']): Section[] {
  const { id, extension } = phone;
  const name = names.phoneEndpoint(extension);
  const endpoint = [`aors = ${name}`, `set_var = ${names.channelVariable.phone}=${id}`];
  if (phone.type === 'pbx') {
    if (!pbx) return [];
    return [
      { name, template: 'denwaban-phone-behind-pbx', lines: endpoint },
      { name, lines: ['type = aor', `contact = sip:${phone.number}@${pbx.host}:${pbx.port}`] },
    ];
  }
  return [
    {
      name,
      template: TEMPLATE[phone.transport ?? 'udp'],
      lines: [...endpoint, `auth = ${name}`, `callerid = <${extension}>`],
    },
    { name, template: 'denwaban-phone-aor', lines: [] },
    { name, template: 'denwaban-auth', lines: [`username = ${extension}`, `password = ${phone.secret}`] },
  ];
}

function dialplanSections(document: ConfigurationDocument): Section[] {
  const extensionOf = new Map(document.phones.map(({ id, extension }) => [id, extension]));
  const sections = [
    ...document.trunks.flatMap((trunk) => [trunkSection(trunk), trunkLinesSection(trunk, document)]),
    ...flowSections(document),
    ...scheduleSections(document),
    ...recordingRuleSections(document),
    ...blocklistSections(document),
    ...outgoingNoticeSections(document),
    ...document.desks.map((desk) => deskSection(desk, extensionOf)),
    noticeRecordersSection(document),
    ...supervisionSections(document),
    phonesSection(document.phones),
    ...outgoingSections(document),
    phoneDirectory('transfer', 'transferred', document.phones),
    {
      name: names.PHONE_ENDPOINTS_CONTEXT,
      lines: document.phones.map(
        ({ id, extension }) => `exten => ${names.phoneExtension(id)},1,Return(${names.phoneEndpoint(extension)})`,
      ),
    },
  ];
  // A context without extensions does not come to be in Asterisk.
  return sections.filter(({ lines }) => lines.length > 0);
}

function deskSection(desk: Desk, extensionOf: ReadonlyMap<string, string>): Section {
  const endpoints = desk.members.flatMap((member) => {
    const extension = extensionOf.get(member);
    return extension === undefined ? [] : [names.phoneEndpoint(extension)];
  });
  const { strategy, memberSeconds, ringSeconds } = ringPlanOf(desk);
  const name = names.deskContext(desk.id);
  if (strategy === 'all') {
    return {
      name,
      lines: [
        'exten => s,1,Set(DENWABAN_RING=)',
        ...endpoints.map((endpoint) => ` same => n,Gosub(member,s,1(${endpoint}))`),
        ` same => n,Gosub(ring,s,1(${desk.id},${ringSeconds}))`,
        ' same => n,Return()',
      ],
    };
  }
  // Asterisk ignores hyphens in extensions.
  const plan = [desk.id, strategy.replaceAll('-', '_'), endpoints.length, memberSeconds, ringSeconds].join(',');
  return {
    name,
    lines: [
      `exten => s,1,Gosub(ring-by-turns,s,1(${plan}))`,
      ' same => n,Return()',
      ...endpoints.map((endpoint, index) => `exten => member_${index},1,Return(${endpoint})`),
    ],
  };
}

/** What a phone may dial: another one's extension goes before a number outside that looks like it. */
function phonesSection(phones: readonly Phone[]): Section {
  const directory = phoneDirectory('phones', 'internal', phones);
  return { ...directory, lines: [...directory.lines, `include => ${OUTSIDE_CONTEXT}`] };
}

function phoneDirectory(name: string, next: string, phones: readonly Phone[]): Section {
  return {
    name,
    lines: phones.flatMap(({ id, extension }) => [
      `exten => ${extension},1,Set(DENWABAN_TO=${id})`,
      ` same => n,Goto(${next},${extension},1)`,
    ]),
  };
}
