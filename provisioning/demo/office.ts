import { type ConfigurationDocument } from '../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../backend/src/recordings/recording-class.schema.ts';
import { type RegisteredPhone } from '../../test/town/town-configuration.ts';

/** By this name a home is known to be the demonstration's own. */
export const DEMO_SITE = '電話番の見本町役場';

export const DEMO_LINES = {
  citizens: '0300001111',
  taxes: '0300002222',
  library: '0300003333',
  /** Belongs to the trunk, and nobody has configured it. */
  unknown: '0300009999',
} as const;

export const DEMO_PHONES: RegisteredPhone[] = ['201', '202', '203'].map((extension) => ({
  extension,
  secret: `demonstration-${extension}`,
}));

const PHONE_NAMES: Record<string, string> = {
  '201': '市民課 1番窓口',
  '202': '福祉課 児童手当係',
  '203': '税務課 受付',
};

/** An office as small as can be shown: three lines, four phones, one of them behind the business phone. */
export function demoDocument(addresses: { carrier: string; pbx: string }): ConfigurationDocument {
  return {
    site: { id: 'main', name: DEMO_SITE },
    trunks: [{ id: 'hikari', name: 'ひかり電話', type: 'peer', host: addresses.carrier, port: 5060 }],
    pbx: { name: '主装置', host: addresses.pbx, port: 5060 },
    phones: [
      ...DEMO_PHONES.map((phone) => ({
        id: `p${phone.extension}`,
        name: PHONE_NAMES[phone.extension] ?? phone.extension,
        type: 'sip' as const,
        ...phone,
      })),
      { id: 'p801', name: '図書館 カウンター', type: 'pbx', extension: '801', number: '801' },
    ],
    desks: [
      { id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 30 },
      { id: 'taxes', name: '税務課', members: ['p203'], ringSeconds: 8 },
      { id: 'library', name: '図書館', members: ['p801'], ringSeconds: 30 },
    ],
    notices: [
      {
        id: 'recording',
        name: '録音告知',
        text: 'お電話ありがとうございます。この通話は、内容の確認と応対の向上のため、録音しております。',
        audio: 'recording-notice',
      },
    ],
    lines: [
      line('citizens', '市民課直通', DEMO_LINES.citizens),
      line('taxes', '税務課直通', DEMO_LINES.taxes),
      line('library', '図書館直通', DEMO_LINES.library),
    ],
    recordings: STANDARD_RECORDINGS,
  };
}

function line(desk: string, name: string, number: string): ConfigurationDocument['lines'][number] {
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

type Document = Pick<ConfigurationDocument, 'site' | 'trunks' | 'lines' | 'phones'>;

/** Whether a configuration may be replaced by the demonstration's: its own, or the one every new box starts from. */
export const mayReplace = ({ site, trunks, lines, phones }: Document): boolean =>
  site.name === DEMO_SITE || (trunks.length === 0 && lines.length === 0 && phones.length === 0);
