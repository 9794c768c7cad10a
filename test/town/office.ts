import { type ConfigurationDocument } from '../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../backend/src/recordings/recording-class.schema.ts';
import { type Flow } from '../../backend/src/lines/line.schema.ts';
import { type Schedule, WEEKDAYS } from '../../backend/src/schedules/schedule.schema.ts';
import { type RegisteredPhone } from './town-configuration.ts';
import { type Town } from './town.ts';

/** The numbers of the office in the tests, by what happens on them. */
export const OFFICE = {
  /** Recording notice, then phone 201. */
  citizens: '0312340001',
  /** Recording notice, then phones 202 and 203 together for 5 s, then the end. */
  taxes: '0312340002',
  /** No notice, then a phone behind the business phone. */
  library: '0312340003',
  /** Open at all times: a menu, see `townHallFlow`. */
  townHall: '0312340004',
  /** Closed at all times: a notice, then the end. */
  closed: '0312340005',
  /** On the trunk, but no line of ours. */
  unknown: '0312349999',
} as const;

/** Somebody outside to whom the town hall forwards calls. */
export const OUTSIDE = '0398765432';

/** Phone behind the business phone. */
export const PBX_PHONE = '801';

export const REGISTERED_PHONES: RegisteredPhone[] = ['201', '202', '203'].map((extension) => ({
  extension,
  secret: `secret-of-phone-${extension}`,
}));

const LONG_NAME =
  '市民生活部 市民課 戸籍住民記録係 第一窓口 転入・転出・印鑑登録のご案内(本庁舎一階・総合受付の右手奥)';

/** 1: the desk of phones 202 and 203. 2: a message. 3: somebody outside. Office closed, or nothing pressed: the end. */
const townHallFlow: Flow = {
  start: 'hours',
  nodes: {
    hours: { type: 'schedule', schedule: 'open', open: 'ask', closed: 'say-closed' },
    ask: {
      ...{ type: 'menu', notice: 'long', bargeIn: true, firstKeySeconds: 5, nextKeySeconds: 2, retries: 0 },
      ...{ invalidNotice: null, noKeyNotice: null, otherwise: 'end' },
      choices: [
        { keys: '1', then: 'go', node: 'ring', name: '税務課' },
        { keys: '2', then: 'go', node: 'speak', name: '用件を残す' },
        { keys: '3', then: 'go', node: 'outside', name: '外部' },
      ],
    },
    ring: { type: 'desk', desk: 'taxes', otherwise: 'end' },
    speak: { type: 'message', longestSeconds: 30, silenceSeconds: 2, next: 'end' },
    outside: { type: 'forward', number: OUTSIDE, show: 'office', ringSeconds: 20, otherwise: 'end' },
    'say-closed': { type: 'notice', notice: 'closed', next: 'end' },
    end: { type: 'end', cause: 'normal' },
  },
};

const closedFlow: Flow = {
  start: 'hours',
  nodes: {
    hours: { type: 'schedule', schedule: 'closed', open: 'ring', closed: 'say-closed' },
    ring: { type: 'desk', desk: 'citizens', otherwise: 'end' },
    'say-closed': { type: 'notice', notice: 'closed', next: 'end' },
    end: { type: 'end', cause: 'normal' },
  },
};

/** Whatever the day and the hour of the test. */
function alwaysThe(id: 'open' | 'closed'): Schedule {
  const hours = id === 'open' ? [{ from: '00:00', to: '24:00' }] : [];
  const week = Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, hours])) as Schedule['week'];
  return { id, name: id, week, closedOnNationalHolidays: false, closedAtTurnOfYear: false, specialDays: [] };
}

/** An office whose trunk, business phone and phones are the town. */
export function officeDocument({ addresses }: Pick<Town, 'addresses'>): ConfigurationDocument {
  return {
    site: { id: 'main', name: '青葉町役場 本庁' },
    trunks: [{ id: 'hikari', name: 'ひかり電話', type: 'peer', host: addresses.carrier, port: 5060 }],
    pbx: { name: '主装置', host: addresses.pbx, port: 5060 },
    phones: [
      ...REGISTERED_PHONES.map((phone, index) => ({
        id: `p${phone.extension}`,
        name: `${LONG_NAME}${index + 1}`,
        type: 'sip' as const,
        ...phone,
      })),
      { id: 'p801', name: '図書館カウンター', type: 'pbx', extension: PBX_PHONE, number: PBX_PHONE },
    ],
    desks: [
      { id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 20 },
      { id: 'taxes', name: '税務課', members: ['p202', 'p203'], ringSeconds: 5 },
      { id: 'library', name: '図書館', members: ['p801'], ringSeconds: 20 },
    ],
    notices: [
      { id: 'recording', name: '録音告知', text: 'この通話は録音されます。', audio: 'recording-notice-short' },
      { id: 'long', name: '長い案内', text: 'お電話ありがとうございます。', audio: 'recording-notice' },
      { id: 'closed', name: '時間外', text: '本日の業務は終了いたしました。', audio: 'closed' },
    ],
    schedules: [alwaysThe('open'), alwaysThe('closed')],
    lines: [
      announcedLine('citizens', '市民課直通', OFFICE.citizens),
      announcedLine('taxes', '税務課直通', OFFICE.taxes),
      { id: 'town-hall', name: '代表', trunk: 'hikari', number: OFFICE.townHall, flow: townHallFlow },
      { id: 'closed', name: '時間外', trunk: 'hikari', number: OFFICE.closed, flow: closedFlow },
      {
        id: 'library',
        name: '図書館直通',
        trunk: 'hikari',
        number: OFFICE.library,
        flow: {
          start: 'desk',
          nodes: {
            desk: { type: 'desk', desk: 'library', otherwise: 'end' },
            end: { type: 'end', cause: 'no-answer' },
          },
        },
      },
    ],
    recordings: STANDARD_RECORDINGS,
  };
}

function announcedLine(desk: string, name: string, number: string): ConfigurationDocument['lines'][number] {
  return {
    id: desk,
    name,
    trunk: 'hikari',
    number,
    flow: {
      start: 'announce',
      nodes: {
        announce: { type: 'notice', notice: 'recording', next: 'desk' },
        desk: { type: 'desk', desk, otherwise: 'end' },
        end: { type: 'end', cause: 'no-answer' },
      },
    },
  };
}
