import { behaviourOf, type NumberPlace, type RegistrationTrunk, type Trunk } from '../trunks/trunk.schema.ts';
import * as names from './dialplan-names.ts';
import type { Section } from './section.ts';

const ASTERISKS_KEYS = { auto: 'auto', events: 'rfc4733', inband: 'inband' } as const;
const ASTERISKS_TIMERS = { no: 'no', accept: 'yes', required: 'required' } as const;
const ASTERISKS_100REL = { off: 'no', supported: 'yes', required: 'required' } as const;

/** What pjsip.conf says of a trunk. */
export function trunkPeerSections(trunk: Trunk): Section[] {
  const name = names.trunkEndpoint(trunk.id);
  const { keys, sessionTimers, sessionSeconds, reliableProvisional, probeSeconds } = behaviourOf(trunk);
  const endpoint = [
    `aors = ${name}`,
    `context = ${names.trunkContext(trunk.id)}`,
    `dtmf_mode = ${ASTERISKS_KEYS[keys]}`,
    `timers = ${ASTERISKS_TIMERS[sessionTimers]}`,
    `timers_sess_expires = ${sessionSeconds}`,
    `100rel = ${ASTERISKS_100REL[reliableProvisional]}`,
    ...(trunk.type === 'registration' ? ourAddress(trunk, name) : []),
  ];
  return [
    { name, template: 'denwaban-trunk', lines: endpoint },
    {
      name,
      template: 'denwaban-trunk-aor',
      lines: [`contact = sip:${trunk.host}:${trunk.port}`, `qualify_frequency = ${probeSeconds}`],
    },
    { name, lines: ['type = identify', `endpoint = ${name}`, `match = ${trunk.host}`] },
    ...(trunk.type === 'registration' ? registration(trunk, name) : []),
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

function registration(trunk: RegistrationTrunk, name: string): Section[] {
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
