import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AmiConnection } from './ami-connection.ts';
import { AriConnection, type AriEvent } from './ari-connection.ts';
import { Caller, firstTone, type Party, type PartyContext, PhoneCall, type Says } from './party.ts';
import { Place } from './place.ts';
import { SoundStudio } from './sound-studio.ts';
import {
  type BoxAddress,
  CALLER_ENDPOINTS,
  type RegisteredPhone,
  writeTownConfiguration,
} from './town-configuration.ts';
import { TownPhone } from './town-phone.ts';
import { INSIDE, TownAsterisk } from './town-process.ts';

export interface TownOptions {
  box: BoxAddress;
  phones: RegisteredPhone[];
  /** Where to live; by default a place that is claimed for this town alone. */
  place?: Place;
  /** Folder that is made for its files; a temporary one by default. */
  home?: string;
}

export interface CallRequest {
  /** The caller's number. */
  from: string;
  /** How the number reaches the office; `withheld` still carries it in P-Asserted-Identity, as carriers do. */
  presentation?: keyof typeof CALLER_ENDPOINTS;
  /** The dialled number. */
  to: string;
  says?: Says;
  /** How the caller's keys travel; `inband` = as tones in the sound. */
  keys?: 'events' | 'inband';
}

/** Channel variables by which a caller's number is hidden, with the reason where there is one (TTC JJ-90.30). */
const HIDING: Record<keyof typeof CALLER_ENDPOINTS, Record<string, string>> = {
  shown: {},
  withheld: { 'CONNECTEDLINE(pres)': 'prohib' },
  payphone: { 'CONNECTEDLINE(num)': 'anonymous', 'CONNECTEDLINE(name)': 'Coin line/payphone' },
  unavailable: { 'CONNECTEDLINE(num)': 'anonymous', 'CONNECTEDLINE(name)': 'Unavailable' },
};

/** A second Asterisk that plays the carrier, the business phone and the phones of an office, each at its own address. */
export class Town {
  readonly addresses: { carrier: string; pbx: string; gateway: string };
  readonly home: string;
  private readonly box: BoxAddress;
  /** Of the phones that speak TLS. */
  private readonly tlsPorts: ReadonlyMap<string, number>;
  private readonly ari: AriConnection;
  private readonly ami: AmiConnection;
  private readonly asterisk: TownAsterisk;
  /** Gives back what the town lived in. */
  private readonly leave: () => Promise<void>;
  private readonly context: PartyContext;
  /** Who has not hung up yet. */
  private readonly parties = new Map<string, Party>();
  private readonly phones = new Map<string, TownPhone>();

  private constructor(parts: {
    addresses: Town['addresses'];
    home: string;
    options: TownOptions;
    ari: AriConnection;
    ami: AmiConnection;
    asterisk: TownAsterisk;
    leave: () => Promise<void>;
  }) {
    this.addresses = parts.addresses;
    this.home = parts.home;
    this.box = parts.options.box;
    this.tlsPorts = new Map(
      parts.options.phones.flatMap(({ extension, tlsPort }) => (tlsPort === undefined ? [] : [[extension, tlsPort]])),
    );
    this.ari = parts.ari;
    this.ami = parts.ami;
    this.asterisk = parts.asterisk;
    this.leave = parts.leave;
    const studio = new SoundStudio(parts.asterisk.toolsDir, join(parts.home, 'sounds'), `${INSIDE}/sounds`);
    this.context = { ari: parts.ari, studio, heardDir: join(parts.home, 'heard') };
    this.ari.events$.subscribe((event) => this.receive(event));
  }

  static async start(options: TownOptions): Promise<Town> {
    const place = options.place ?? (await Place.claim());
    const home = await makeHome(options.home);
    const leave = async () => {
      await rm(home, { recursive: true, force: true });
      if (place !== options.place) await place.release();
    };
    const { carrier, pbx, gateway, control } = place;
    const addresses = { carrier, pbx, gateway };
    const password = randomUUID();
    const phones = options.phones.map((phone, index) => ({ ...phone, address: place.phone(index) }));
    const asterisk = await TownAsterisk.start(home, async (moduleDir) => {
      const placeholders = { inside: INSIDE, control, password, moduleDir };
      await writeTownConfiguration(join(home, 'etc'), { control, ...addresses, phones }, options.box, placeholders);
    });
    try {
      const ari = new AriConnection(control, 8088, 'town', password);
      await asterisk.untilBooted(async () => await ari.open('town'));
      const ami = await AmiConnection.open(control, 5038, 'town', password);
      return new Town({ addresses, home, options, ari, ami, asterisk, leave });
    } catch (error) {
      await asterisk.stop();
      await leave();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.ari.close();
    this.ami.close();
    await this.asterisk.stop();
    await this.leave();
  }

  get pid(): number {
    return this.asterisk.pid;
  }

  /** A phone of the office: a registered one by its extension, one behind the business phone by its number there. */
  phone(number: string): TownPhone {
    const known = this.phones.get(number);
    if (known) return known;
    const phone = new TownPhone(number);
    this.phones.set(number, phone);
    return phone;
  }

  /** Nobody answers a phone any more until it is told otherwise. */
  nobodyAnswers(): void {
    for (const phone of this.phones.values()) phone.willRingOut();
  }

  /** Ends every call that still goes on. */
  async everybodyHangsUp(): Promise<void> {
    await Promise.all([...this.parties.values()].map((party) => party.hangUp()));
  }

  /** Places a call to the office. Comes back as soon as the INVITE is on its way. */
  async call({
    from,
    presentation = 'shown',
    to,
    says = { tone: 440 },
    keys = 'events',
  }: CallRequest): Promise<Caller> {
    const side = keys === 'inband' ? 'carrier-inband' : CALLER_ENDPOINTS[presentation];
    const endpoint = `PJSIP/${side}/sip:${to}@${this.box.host}:${this.box.port}`;
    const caller = new Caller(this.context, `caller-${randomUUID()}`);
    return await this.place(caller, endpoint, from, says, HIDING[presentation]);
  }

  /** A registered phone calls another extension through the box, e.g. to consult before a transfer, or a number outside. */
  async callFromPhone(extension: string, to: string, says: Says = { tone: 1400 }): Promise<Caller> {
    const uri = this.extensionUri(encodeURIComponent(to), this.tlsPorts.get(extension));
    const endpoint = `PJSIP/phone-${extension}/${uri}`;
    return await this.place(new Caller(this.context, `phone-${randomUUID()}`), endpoint, extension, says);
  }

  /** A phone behind the business phone calls through the box. */
  async callFromPbx(number: string, to: string, says: Says = { tone: 1400 }): Promise<Caller> {
    const endpoint = `PJSIP/pbx/${this.extensionUri(encodeURIComponent(to))}`;
    return await this.place(new Caller(this.context, `pbx-${randomUUID()}`), endpoint, number, says);
  }

  /** A phone that has called somebody hands the call on to an extension, blindly. */
  async transfer({ channelId }: Caller, extension: string): Promise<void> {
    const endpoint = `PJSIP/${this.extensionUri(extension)}`;
    await this.ari.request('POST', `/channels/${channelId}/redirect`, { endpoint });
  }

  /** How a phone names an extension of the box, e.g. as the target of a transfer. */
  extensionUri(extension: string, tlsPort?: number): string {
    const port = tlsPort === undefined ? String(this.box.port) : `${tlsPort};transport=tls`;
    return `sip:${extension}@${this.box.host}:${port}`;
  }

  /** Extensions that are registered at the box by now. */
  async registered(): Promise<string[]> {
    const answer = await this.ami.action({ Action: 'PJSIPShowRegistrationsOutbound' });
    return answer
      .filter(({ Event, Status }) => Event === 'OutboundRegistrationDetail' && Status === 'Registered')
      .map(({ ObjectName }) => (ObjectName ?? '').replace(/^phone-(.*)-registration$/, '$1'));
  }

  /** Where an account of the home gateway is reached, as the box has registered it; null when it has not. */
  async gatewayContact(user: string): Promise<string | null> {
    const answer = await this.ami.action({ Action: 'PJSIPShowContacts' });
    return answer.find(({ Event, Endpoint }) => Event === 'ContactList' && Endpoint === `gateway-${user}`)?.Uri ?? null;
  }

  private async place(
    caller: Caller,
    endpoint: string,
    callerId: string,
    says: Says,
    more: Record<string, string> = {},
  ): Promise<Caller> {
    this.parties.set(caller.channelId, caller);
    const start = { context: 'caller', extension: 's', priority: '1' };
    const query = { endpoint, callerId, ...start, timeout: '600', channelId: caller.channelId };
    const variables = { ...more, FIRST_TONE: firstTone(says) };
    await this.ari.request('POST', '/channels', query, { variables });
    caller.saysWhenAnswered(says);
    await this.remember(caller);
    return caller;
  }

  private receive(event: AriEvent): void {
    const { channel } = event;
    if (!channel) return;
    this.parties.get(channel.id)?.receive(event);
    if (event.type === 'ChannelDestroyed') this.parties.delete(channel.id);
    if (event.type === 'StasisStart' && !this.parties.has(channel.id)) void this.ring({ ...event, channel });
  }

  private async ring(start: AriEvent & { channel: NonNullable<AriEvent['channel']> }): Promise<void> {
    const call = new PhoneCall(this.context, start);
    this.parties.set(call.channelId, call);
    await this.remember(call);
    await this.phone(call.dialled).take(call);
  }

  /** Keeps what a party hears and says. */
  private async remember({ channelId }: Party): Promise<void> {
    const file = `${INSIDE}/heard/${channelId}.raw`;
    const channel = channelId;
    await this.ami.action({ Action: 'MixMonitor', Channel: channel, File: file, options: 'D' }).catch(() => undefined);
  }
}

async function makeHome(wanted: string | undefined): Promise<string> {
  const home = wanted ?? (await mkdtemp(join(tmpdir(), 'denwaban-town-')));
  if (wanted !== undefined) await mkdir(wanted);
  // Another user runs Asterisk.
  await chmod(home, 0o755);
  return home;
}
