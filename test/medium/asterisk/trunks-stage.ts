import { beforeAll } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import type { Sound } from '../../town/listen.ts';
import type { Caller, PhoneCall } from '../../town/party.ts';
import type { Place } from '../../town/place.ts';
import { GATEWAY_ACCOUNT } from '../../town/town-configuration.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type SpooledCall, story } from './box-asterisk.ts';
import { phoneAt, setStage, type Stage, WARNINGS } from './stage.ts';

const SIPS_PORT = 15_061;
/** Somebody whom the office calls. */
export const OUTSIDE = '0398765432';
export const LINE = {
  main: '0312345678',
  tax: '0312345679',
  gateway: '0312345670',
  private: '0312345671',
  menu: '0312345672',
};
const endAtOnce = { start: 'end', nodes: { end: { type: 'end' as const, cause: 'busy' as const } } };

const line = (
  id: keyof typeof LINE,
  trunk: string,
  flow: ConfigurationDocument['lines'][number]['flow'] = endAtOnce,
) => ({
  ...{ id, name: id, trunk, number: LINE[id], flow },
});

/** Of the first trunk that is tried, where nobody answers. */
export const awayFrom = (place: Place): string => place.address(100);

const office = (place: Place): ConfigurationDocument => ({
  site: { id: 'hq', name: '町役場' },
  trunks: [
    {
      id: 'away',
      name: '故障中',
      type: 'peer',
      host: awayFrom(place),
      port: 5060,
      probeSeconds: 2,
      numberIn: 'p-called-party-id',
    },
    { id: 'carrier', name: '直収', type: 'peer', host: place.carrier, port: 5060, keys: 'inband' },
    {
      ...{ id: 'gateway', name: 'ホームゲートウェイ', type: 'registration', host: place.gateway, port: 5060 },
      ...{ ...GATEWAY_ACCOUNT, sessionTimers: 'required', sessionSeconds: 300, reliableProvisional: 'required' },
    },
  ],
  outgoing: { prefix: '0', trunks: ['away', 'carrier', 'gateway'], line: 'main' },
  pbx: { name: '主装置', host: place.pbx, port: 5060, probeSeconds: 3 },
  phones: [
    phoneAt('201'),
    phoneAt('202', { outside: 'all', transport: 'tls' }),
    phoneAt('203', { outside: 'none' }),
    { id: 'p301', name: '税務課1', type: 'pbx', extension: '301', number: '3301' },
  ],
  desks: [{ id: 'tax', name: '税務課', members: ['p203', 'p301'], ringSeconds: 5, line: 'tax' }],
  notices: [{ id: 'long', name: '長い案内', text: 'お電話ありがとうございます。', audio: 'recording-notice' }],
  lines: [
    line('main', 'carrier'),
    line('tax', 'carrier'),
    line('gateway', 'gateway'),
    line('private', 'away'),
    line('menu', 'carrier', {
      start: 'ask',
      nodes: {
        ask: {
          ...{ type: 'menu', notice: 'long', bargeIn: true, firstKeySeconds: 5, nextKeySeconds: 2, retries: 0 },
          ...{ invalidNotice: null, noKeyNotice: null, otherwise: 'end' },
          choices: [{ keys: '42', then: 'go', node: 'end', name: '税務課' }],
        },
        end: { type: 'end', cause: 'normal' },
      },
    }),
  ],
  recordings: STANDARD_RECORDINGS,
});

/** An office with trunks of every kind; calls that go out try them in the order `away`, `carrier`, `gateway`. */
export function setTrunks(place: Place): Stage {
  const settings = { DENWABAN_SIPS_PORT: String(SIPS_PORT) };
  const stage = setStage(place, { office: office(place), settings, tolerates: WARNINGS });
  // Until then calls wait for an answer from where nobody is.
  beforeAll(() => untilAway(stage, 'unreachable'));
  return stage;
}

/** @param wanted what the box has found out about the trunk `away` */
export async function untilAway({ box }: Stage, wanted: 'reachable' | 'unreachable'): Promise<void> {
  await eventually(`the trunk to be ${wanted}`, async () =>
    (await box.commands.contacts(['trunk-away'])).some(({ status }) => status === wanted),
  );
}

/** Without the ids of channels. */
export const told = (call: SpooledCall) => story(call).map((step) => step.replace(/^(connected \w+) .*/, '$1'));

/** Somebody outside answers whoever calls from a phone; both talk until the phone hangs up. */
export async function talk({ town }: Stage, caller: Caller, outside: string, forMs = 300): Promise<Called> {
  const called = await town.phone(outside).rung();
  await called.answered();
  const headers = await headersOf(called);
  await pause(forMs);
  await caller.hangUp();
  await called.ended();
  return { shown: called.callerNumber, headers, heard: (await called.heard()).left };
}

export interface Called {
  /** The number that whoever was called has seen. */
  shown: string;
  headers: Awaited<ReturnType<typeof headersOf>>;
  heard: Sound;
}

const headersOf = async (call: PhoneCall) => ({
  from: await call.header('From'),
  privacy: await call.header('Privacy'),
  identity: await call.header('P-Asserted-Identity'),
});
