import { type ConfigurationDocument } from '../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../backend/src/recordings/recording-class.schema.ts';
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
  /** On the trunk, but no line of ours. */
  unknown: '0312349999',
} as const;

/** Phone behind the business phone. */
export const PBX_PHONE = '801';

export const REGISTERED_PHONES: RegisteredPhone[] = ['201', '202', '203'].map((extension) => ({
  extension,
  secret: `secret-of-phone-${extension}`,
}));

const LONG_NAME =
  '市民生活部 市民課 戸籍住民記録係 第一窓口 転入・転出・印鑑登録のご案内(本庁舎一階・総合受付の右手奥)';

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
    notices: [{ id: 'recording', name: '録音告知', text: 'この通話は録音されます。', audio: 'recording-notice-short' }],
    lines: [
      announcedLine('citizens', '市民課直通', OFFICE.citizens),
      announcedLine('taxes', '税務課直通', OFFICE.taxes),
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
