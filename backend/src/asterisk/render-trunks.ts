import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Line } from '../lines/line.schema.ts';
import { behaviourOf, type NumberPlace, type RegistrationTrunk, type Trunk } from '../trunks/trunk.schema.ts';
import * as names from './dialplan-names.ts';
import { peerAorSection } from './render-peer.ts';
import type { Section } from './section.ts';

const ASTERISKS_KEYS = { auto: 'auto', events: 'rfc4733', inband: 'inband' } as const;
const ASTERISKS_TIMERS = { no: 'no', accept: 'yes', required: 'required' } as const;
const ASTERISKS_100REL = { off: 'no', supported: 'yes', required: 'required' } as const;

/** Trunks at the same address: the accounts at one gateway. */
const atGatewayOf = (trunk: Trunk, trunks: readonly Trunk[]): Trunk[] =>
  trunks.filter(({ host }) => host === trunk.host);

/** What pjsip.conf says of a trunk, which is one of `trunks`. */
export function trunkPeerSections(trunk: Trunk, trunks: readonly Trunk[]): Section[] {
  const name = names.trunkEndpoint(trunk.id);
  const [first, ...others] = atGatewayOf(trunk, trunks);
  const shared = others.length > 0;
  const { keys, sessionTimers, sessionSeconds, reliableProvisional } = behaviourOf(trunk);
  const endpoint = [
    `aors = ${name}`,
    `context = ${names.trunkContext(trunk.id)}`,
    `dtmf_mode = ${ASTERISKS_KEYS[keys]}`,
    `timers = ${ASTERISKS_TIMERS[sessionTimers]}`,
    `timers_sess_expires = ${sessionSeconds}`,
    `100rel = ${ASTERISKS_100REL[reliableProvisional]}`,
    ...(trunk.type === 'registration' ? ourAddress(trunk, name) : []),
    // Who knows the line is not yet who may call by it.
    ...(shared ? ['deny = 0.0.0.0/0.0.0.0', `permit = ${trunk.host}`] : []),
  ];
  return [
    { name, template: 'denwaban-trunk', lines: endpoint },
    peerAorSection(name, trunk),
    ...(trunk === first ? [{ name, lines: ['type = identify', `endpoint = ${name}`, `match = ${trunk.host}`] }] : []),
    ...(trunk.type === 'registration' ? registration(trunk, name, shared) : []),
  ];
}

/** Registrars know their extensions by From, and want no codec but one. */
const ourAddress = (trunk: RegistrationTrunk, name: string): string[] => [
  `outbound_auth = ${name}`,
  `from_user = ${trunk.user}`,
  `from_domain = ${domainOf(trunk)}`,
  'disallow = all',
  'allow = ulaw',
];

const domainOf = ({ domain, host }: RegistrationTrunk): string => domain ?? host;

/** @param shared whether calls from the same address are those of several accounts, which the line in our address tells apart */
function registration(trunk: RegistrationTrunk, name: string, shared: boolean): Section[] {
  const { user, authUser = user, secret, host, port, expirySeconds = 3600 } = trunk;
  return [
    { name, template: 'denwaban-auth', lines: [`username = ${authUser}`, `password = ${secret}`] },
    {
      name,
      template: 'denwaban-registration',
      lines: [
        `outbound_auth = ${name}`,
        `server_uri = sip:${host}:${port}`,
        `client_uri = sip:${user}@${domainOf(trunk)}${trunk.domain === undefined ? `:${port}` : ''}`,
        `contact_user = ${user}`,
        `expiration = ${expirySeconds}`,
        ...(shared ? ['line = yes', `endpoint = ${name}`] : []),
      ],
    },
  ];
}

const HEADER: Record<Exclude<NumberPlace, 'request-uri'>, string> = {
  to: 'To',
  'p-called-party-id': 'P-Called-Party-ID',
};

/** The guard keeps a hang-up, which Asterisk looks up as extension `h`, from beginning the call anew. */
export function trunkSection(trunk: Trunk): Section {
  const { numberIn } = behaviourOf(trunk);
  return {
    name: names.trunkContext(trunk.id),
    lines: [
      `exten => _[!-~]!,1,GotoIf($["\${${names.channelVariable.call}}"!=""]?done)`,
      ` same => n,Set(DENWABAN_TRUNK=${trunk.id})`,
      ' same => n,Set(DENWABAN_DIALLED=${FILTER(0-9+*#,${EXTEN:0:40})})',
      ...(numberIn === 'request-uri' ? [] : [` same => n,Gosub(dialled-in,s,1(${HEADER[numberIn]}))`]),
      ' same => n,Goto(incoming,s,1)',
      ' same => n(done),NoOp()',
    ],
  };
}

/**
 * The numbers at which a trunk is called. A gateway that does not hand back the line of our address is taken for the first account
 * there; so each account knows the numbers of the others, and where a call belongs is then its number's to say.
 */
export function trunkLinesSection(trunk: Trunk, { trunks, lines }: ConfigurationDocument): Section {
  const own = lines.filter((line) => line.trunk === trunk.id);
  const known = new Set(own.map(({ number }) => names.nationalNumber(number)));
  const others = atGatewayOf(trunk, trunks).filter((other) => other !== trunk);
  const theirs = others.flatMap(({ id }) => lines.filter((line) => line.trunk === id));
  const added = theirs.filter(({ number }) => {
    const isNew = !known.has(names.nationalNumber(number));
    known.add(names.nationalNumber(number));
    return isNew;
  });
  return {
    name: names.trunkLinesContext(trunk.id),
    lines: [...own.flatMap((line) => lineExtension(line)), ...added.flatMap((line) => lineExtension(line, line.trunk))],
  };
}

const lineExtension = ({ id, number, flow }: Line, otherTrunk?: string): string[] => [
  `exten => ${names.nationalNumber(number)},1,Set(${names.channelVariable.line}=${id})`,
  ...(otherTrunk === undefined ? [] : [` same => n,Set(DENWABAN_TRUNK=${otherTrunk})`]),
  ` same => n,Set(${names.channelVariable.node}=${flow.start})`,
  ' same => n,Return()',
];
