import { createHash } from 'node:crypto';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Desk } from '../desks/desk.schema.ts';
import type { FlowNode, Line } from '../lines/line.schema.ts';
import type { Phone } from '../phones/phone.schema.ts';
import { END_CAUSE_Q850 } from '../routing/decide.ts';
import * as names from './dialplan-names.ts';

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
  const dialplan = renderDialplan(document);
  return {
    'pjsip.conf': pjsip,
    'extensions.conf': file([section(stampContext(pjsip, dialplan), ['exten => s,1,Hangup()']), dialplan]),
  };
}

export function expectedObjects(document: ConfigurationDocument): ExpectedObjects {
  return {
    endpoints: [
      ...document.trunks.map(({ id }) => names.trunkEndpoint(id)),
      ...(document.pbx ? [names.PBX_ENDPOINT] : []),
      ...document.phones.map(({ extension }) => names.phoneEndpoint(extension)),
    ],
    contexts: [
      stampContext(renderPjsip(document), renderDialplan(document)),
      'phones',
      'transfer',
      ...document.trunks.flatMap(({ id }) => [names.trunkContext(id), names.trunkLinesContext(id)]),
      ...document.lines.map(({ id }) => names.lineContext(id)),
      ...document.desks.map(({ id }) => names.deskContext(id)),
    ],
  };
}

/** An empty context whose name tells which configuration Asterisk has read. */
function stampContext(pjsip: string, dialplan: string): string {
  return `configuration-${createHash('sha256').update(pjsip).update(dialplan).digest('hex').slice(0, 16)}`;
}

function renderPjsip(document: ConfigurationDocument): string {
  const blocks = document.trunks.flatMap(({ id, host, port }) => {
    const name = names.trunkEndpoint(id);
    return [
      section(name, [`aors = ${name}`, `context = ${names.trunkContext(id)}`], 'denwaban-trunk'),
      section(name, ['type = aor', `contact = sip:${host}:${port}`]),
      section(name, ['type = identify', `endpoint = ${name}`, `match = ${host}`]),
    ];
  });
  if (document.pbx) {
    const { host, port } = document.pbx;
    blocks.push(
      section(names.PBX_ENDPOINT, [`aors = ${names.PBX_ENDPOINT}`], 'denwaban-pbx'),
      section(names.PBX_ENDPOINT, ['type = aor', `contact = sip:${host}:${port}`]),
      section(names.PBX_ENDPOINT, ['type = identify', `endpoint = ${names.PBX_ENDPOINT}`, `match = ${host}`]),
    );
  }
  return file([...blocks, ...document.phones.flatMap((phone) => renderPhone(phone, document.pbx))]);
}

function renderPhone(phone: Phone, pbx: ConfigurationDocument['pbx']): string[] {
  const name = names.phoneEndpoint(phone.extension);
  const endpoint = [`aors = ${name}`, `set_var = ${names.channelVariable.phone}=${phone.id}`];
  if (phone.type === 'pbx') {
    if (!pbx) return [];
    return [
      section(name, endpoint, 'denwaban-phone-behind-pbx'),
      section(name, ['type = aor', `contact = sip:${phone.number}@${pbx.host}:${pbx.port}`]),
    ];
  }
  return [
    section(name, [...endpoint, `auth = ${name}`, `callerid = <${phone.extension}>`], 'denwaban-phone'),
    section(name, [], 'denwaban-phone-aor'),
    section(name, [`username = ${phone.extension}`, `password = ${phone.secret}`], 'denwaban-phone-auth'),
  ];
}

function renderDialplan(document: ConfigurationDocument): string {
  const audioOf = new Map(document.notices.map(({ id, audio }) => [id, audio]));
  const extensionOf = new Map(document.phones.map(({ id, extension }) => [id, extension]));
  return file([
    ...document.trunks.flatMap(({ id }) => [
      renderTrunk(id),
      renderTrunkLines(
        id,
        document.lines.filter(({ trunk }) => trunk === id),
      ),
    ]),
    ...document.lines.map((line) => renderLine(line, audioOf)),
    ...document.desks.map((desk) => renderDesk(desk, extensionOf)),
    renderPhoneDirectory('phones', 'internal', document.phones),
    renderPhoneDirectory('transfer', 'transferred', document.phones),
  ]);
}

/** The guard keeps a hang-up, which Asterisk looks up as extension `h`, from beginning the call anew. */
function renderTrunk(id: string): string {
  return section(names.trunkContext(id), [
    `exten => _[!-~]!,1,GotoIf($["\${${names.channelVariable.call}}"!=""]?done)`,
    ` same => n,Set(DENWABAN_TRUNK=${id})`,
    ' same => n,Set(DENWABAN_DIALLED=${FILTER(0-9+*#,${EXTEN:0:40})})',
    ' same => n,Goto(incoming,s,1)',
    ' same => n(done),NoOp()',
  ]);
}

function renderTrunkLines(trunkId: string, lines: readonly Line[]): string {
  return section(
    names.trunkLinesContext(trunkId),
    lines.flatMap(({ id, number, flow }) => [
      `exten => ${names.nationalNumber(number)},1,Set(${names.channelVariable.line}=${id})`,
      ` same => n,Set(${names.channelVariable.node}=${flow.start})`,
      ' same => n,Return()',
    ]),
  );
}

function renderLine(line: Line, audioOf: ReadonlyMap<string, string>): string {
  const nodes = Object.entries(line.flow.nodes).flatMap(([id, node]) => [
    `exten => ${names.nodeExtension(id)},1,Set(TIMEOUT(absolute)=0)`,
    ` same => n,Set(${names.channelVariable.node}=${id})`,
    ...renderStep(node, line.flow.nodes, audioOf).map((step) => ` same => n,${step}`),
  ]);
  return section(names.lineContext(line.id), [...nodes, 'include => lease']);
}

function renderStep(node: FlowNode, nodes: Line['flow']['nodes'], audioOf: ReadonlyMap<string, string>): string[] {
  switch (node.type) {
    case 'notice':
      return [
        `Gosub(notice,s,1(${node.notice},${audioOf.get(node.notice) ?? ''}))`,
        `Goto(${names.nodeExtension(node.next)},1)`,
      ];
    case 'desk': {
      const ring = `Gosub(${names.deskContext(node.desk)},s,1)`;
      // Hanging up is no decision: nobody needs to be asked for it.
      if (nodes[node.otherwise]?.type === 'end') return [ring, `Goto(${names.nodeExtension(node.otherwise)},1)`];
      return [ring, `Set(${names.channelVariable.node}=${node.otherwise})`, 'Goto(decide,s,1)'];
    }
    case 'end':
      return [`Gosub(end-call,s,1(${END_CAUSE_Q850[node.cause]}))`];
  }
}

function renderDesk(desk: Desk, extensionOf: ReadonlyMap<string, string>): string {
  const endpoints = desk.members.flatMap((member) => {
    const extension = extensionOf.get(member);
    return extension === undefined ? [] : [names.phoneEndpoint(extension)];
  });
  return section(names.deskContext(desk.id), [
    'exten => s,1,Set(DENWABAN_RING=)',
    ...endpoints.map((endpoint) => ` same => n,Gosub(member,s,1(${endpoint}))`),
    ` same => n,Gosub(ring,s,1(${desk.id},${desk.ringSeconds}))`,
    ' same => n,Return()',
  ]);
}

function renderPhoneDirectory(context: string, next: string, phones: readonly Phone[]): string {
  return section(
    context,
    phones.flatMap(({ id, extension }) => [
      `exten => ${extension},1,Set(DENWABAN_TO=${id})`,
      ` same => n,Goto(${next},${extension},1)`,
    ]),
  );
}

function section(name: string, lines: readonly string[], template?: string): string {
  return [`[${name}]${template ? `(${template})` : ''}`, ...lines].join('\n');
}

const file = (blocks: readonly string[]): string => (blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`);
