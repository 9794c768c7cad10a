import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the box under test takes calls. */
export interface BoxAddress {
  host: string;
  port: number;
}

export interface RegisteredPhone {
  extension: string;
  secret: string;
  /** The box's port for TLS, for a phone that speaks nothing else. */
  tlsPort?: number;
}

/** The accounts of the box at the home gateway. */
export const GATEWAY_ACCOUNT = { user: '3', secret: 'gateway-secret' };
export const SECOND_GATEWAY_ACCOUNT = { user: '4', secret: 'another-gateway-secret' };

/** Who lives in the town. Every party has its own loopback address, so that the box can tell them apart. */
export interface TownParties {
  control: string;
  carrier: string;
  pbx: string;
  gateway: string;
  phones: (RegisteredPhone & { address: string })[];
}

const TEMPLATES = new URL('./etc/', import.meta.url);
const SIP_PORT = 5060;

/** How a caller's number reaches the box; each is an endpoint of the carrier. */
export const CALLER_ENDPOINTS = {
  shown: 'carrier',
  withheld: 'carrier',
  payphone: 'carrier-anonymous',
  unavailable: 'carrier-anonymous',
} as const;

/** Writes the town's Asterisk configuration into `etc`. */
export async function writeTownConfiguration(
  etc: string,
  parties: TownParties,
  box: BoxAddress,
  placeholders: Record<string, string>,
): Promise<void> {
  await mkdir(etc, { recursive: true });
  for (const name of await readdir(TEMPLATES)) {
    const template = await readFile(new URL(name, TEMPLATES), 'utf8');
    const text = template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
      const value = placeholders[key];
      if (value === undefined) throw new Error(`${name}: nothing known for {{${key}}}`);
      return value;
    });
    await writeFile(join(etc, name), text);
  }
  await writeFile(join(etc, 'pjsip.conf'), renderPjsip(parties, box));
}

type Section = [name: string, options: Record<string, string>];

function renderPjsip(parties: TownParties, box: BoxAddress): string {
  const sections: Section[] = [
    ['global', { type: 'global', endpoint_identifier_order: 'header,request_uri,ip', user_agent: 'town' }],
    ...carrier(parties.carrier, box),
    ...pbx(parties.pbx),
    ...gateway(parties.gateway),
    ...parties.phones.flatMap((phone) => registeredPhone(phone, box)),
  ];
  return sections
    .map(([name, options]) => [`[${name}]`, ...Object.entries(options).map(([key, value]) => `${key} = ${value}`)])
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .concat('\n');
}

function transport(name: string, address: string, protocol: 'udp' | 'tls' = 'udp'): Section {
  const secured: Record<string, string> = protocol === 'tls' ? { method: 'tlsv1_2' } : {};
  return [name, { type: 'transport', protocol, bind: `${address}:${SIP_PORT}`, ...secured }];
}

function endpoint(name: string, transportName: string, address: string, more: Record<string, string> = {}): Section {
  return [
    name,
    {
      type: 'endpoint',
      transport: transportName,
      context: 'incoming',
      allow: '!all,ulaw',
      direct_media: 'no',
      media_address: address,
      bind_rtp_to_media_address: 'yes',
      // Holding sends a re-INVITE to the box instead of music.
      moh_passthrough: 'yes',
      ...more,
    },
  ];
}

/** Calls out with the number shown, or withheld as NTT does it: From anonymous, the number in P-Asserted-Identity. */
function carrier(address: string, box: BoxAddress): Section[] {
  const anonymous = { from_domain: 'anonymous.invalid', aors: 'box' };
  return [
    transport('carrier', address),
    ['box', { type: 'aor', contact: `sip:${box.host}:${box.port}` }],
    endpoint('carrier', 'carrier', address, { aors: 'box', send_pai: 'yes', trust_id_outbound: 'yes' }),
    endpoint(CALLER_ENDPOINTS.payphone, 'carrier', address, anonymous),
    endpoint('carrier-inband', 'carrier', address, { aors: 'box', dtmf_mode: 'inband' }),
    ['carrier-by-address', { type: 'identify', endpoint: 'carrier', match_request_uri: uriAt(address) }],
  ];
}

function pbx(address: string): Section[] {
  return [
    transport('pbx', address),
    endpoint('pbx', 'pbx', address),
    ['pbx-by-address', { type: 'identify', endpoint: 'pbx', match_request_uri: uriAt(address) }],
  ];
}

/**
 * A home gateway: it wants to know who calls out, provisional answers acknowledged, and sessions refreshed. Each account is
 * known by `From` and has to prove that it is the one.
 */
function gateway(address: string): Section[] {
  const demands = { '100rel': 'required', timers: 'required', timers_sess_expires: '300', dtmf_mode: 'inband' };
  const accounts = [GATEWAY_ACCOUNT, SECOND_GATEWAY_ACCOUNT].flatMap(({ user, secret }): Section[] => {
    const name = `gateway-${user}`;
    return [
      [`${name}-auth`, { type: 'auth', auth_type: 'userpass', username: user, password: secret }],
      endpoint(name, 'gateway', address, { auth: `${name}-auth`, aors: user, ...demands }),
      [user, { type: 'aor', max_contacts: '1', remove_existing: 'yes', minimum_expiration: '1' }],
      [`${name}-by-account`, { type: 'identify', endpoint: name, match_header: `From: ${fromAt(user, address)}` }],
    ];
  });
  return [transport('gateway', address), ...accounts];
}

function registeredPhone(
  { extension, secret, address, tlsPort }: TownParties['phones'][number],
  box: BoxAddress,
): Section[] {
  const name = `phone-${extension}`;
  const server = tlsPort === undefined ? `${box.host}:${box.port}` : `${box.host}:${tlsPort}\\;transport=tls`;
  return [
    transport(`${name}-transport`, address, tlsPort === undefined ? 'udp' : 'tls'),
    [`${name}-auth`, { type: 'auth', auth_type: 'userpass', username: extension, password: secret }],
    endpoint(name, `${name}-transport`, address, {
      outbound_auth: `${name}-auth`,
      from_user: extension,
      from_domain: box.host,
      ...(tlsPort === undefined ? {} : { media_encryption: 'sdes' }),
    }),
    [`${name}-by-address`, { type: 'identify', endpoint: name, match_request_uri: uriAt(address) }],
    [
      `${name}-registration`,
      {
        type: 'registration',
        transport: `${name}-transport`,
        outbound_auth: `${name}-auth`,
        server_uri: `sip:${server}`,
        client_uri: `sip:${extension}@${box.host}:${box.port}`,
        contact_user: extension,
        // The town is started before the box knows the phone, so it must not give up.
        retry_interval: '1',
        forbidden_retry_interval: '1',
        fatal_retry_interval: '1',
        max_retries: '100000',
        auth_rejection_permanent: 'no',
        max_random_initial_delay: '0',
        expiration: '60',
      },
    ],
  ];
}

/** Any request URI with this host, with or without a user. */
const uriAt = (address: string): string => `/[:@]${address.replaceAll('.', '\\.')}([^0-9]|$)/`;

/** A `From` of this account. */
const fromAt = (user: string, address: string): string => `/sip:${user}@${address.replaceAll('.', '\\.')}[:>]/`;
