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
}

/** Who lives in the town. Every party has its own loopback address, so that the box can tell them apart. */
export interface TownParties {
  control: string;
  carrier: string;
  pbx: string;
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
    ['global', { type: 'global', endpoint_identifier_order: 'request_uri,ip', user_agent: 'town' }],
    ...carrier(parties.carrier, box),
    ...pbx(parties.pbx),
    ...parties.phones.flatMap((phone) => registeredPhone(phone, box)),
  ];
  return sections
    .map(([name, options]) => [`[${name}]`, ...Object.entries(options).map(([key, value]) => `${key} = ${value}`)])
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .concat('\n');
}

function transport(name: string, address: string): Section {
  return [name, { type: 'transport', protocol: 'udp', bind: `${address}:${SIP_PORT}` }];
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

function registeredPhone({ extension, secret, address }: TownParties['phones'][number], box: BoxAddress): Section[] {
  const name = `phone-${extension}`;
  return [
    transport(`${name}-transport`, address),
    [`${name}-auth`, { type: 'auth', auth_type: 'userpass', username: extension, password: secret }],
    endpoint(name, `${name}-transport`, address, {
      outbound_auth: `${name}-auth`,
      from_user: extension,
      from_domain: box.host,
    }),
    [`${name}-by-address`, { type: 'identify', endpoint: name, match_request_uri: uriAt(address) }],
    [
      `${name}-registration`,
      {
        type: 'registration',
        transport: `${name}-transport`,
        outbound_auth: `${name}-auth`,
        server_uri: `sip:${box.host}:${box.port}`,
        client_uri: `sip:${extension}@${box.host}:${box.port}`,
        contact_user: extension,
        // The town is started before the box knows the phone, so it must not give up.
        retry_interval: '1',
        forbidden_retry_interval: '1',
        fatal_retry_interval: '1',
        max_retries: '100000',
        auth_rejection_permanent: 'no',
        expiration: '60',
      },
    ],
  ];
}

/** Any request URI with this host, with or without a user. */
const uriAt = (address: string): string => `/[:@]${address.replaceAll('.', '\\.')}([^0-9]|$)/`;
