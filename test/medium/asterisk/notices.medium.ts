import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { NoticeAudioKeeper } from '../../../backend/src/notices/notice-audio-keeper.service.ts';
import { type NoticeAudioRepository } from '../../../backend/src/notices/notice-audio.repository.ts';
import { ownAudioId } from '../../../backend/src/notices/notice-audio-id.ts';
import { SHIPPED_NOTICES } from '../../../backend/src/notices/shipped-notices.ts';
import type { DatabaseConnector } from '../../../backend/src/platform/database-connector.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { soundIntervals, toneIntervals, totalMs } from '../../town/listen.ts';
import type { Party } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import { officeAt, setStage } from './stage.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const OWN_LINE = '0312340301';

/** Two seconds of a tone, as an office might have recorded it. */
const SOUND = Buffer.alloc(32_000);
for (let at = 0; at < SOUND.length; at += 2) {
  SOUND.writeInt16LE(Math.round(8000 * Math.sin((Math.PI * 700 * at) / 8000)), at);
}
const AUDIO = ownAudioId(SOUND);

const office = ConfigurationDocument.parse({
  ...officeAt(place, ['201', '202']),
  desks: [],
  notices: [...SHIPPED_NOTICES, { id: 'own', name: '町の告知', text: '町の告知です。', audio: AUDIO }],
  noticeRecording: { phones: ['p201'] },
  lines: [
    {
      ...{ id: 'own', name: '告知', trunk: 'hikari', number: OWN_LINE },
      flow: {
        start: 'say',
        nodes: { say: { type: 'notice', notice: 'own', next: 'end' }, end: { type: 'end', cause: 'normal' } },
      },
    },
  ],
});

const stage = setStage(place, { office });
let box: BoxAsterisk;
let town: Town;
/** What the database holds; null = it is down. */
let database: Map<string, Buffer> | null = new Map();

const keeper = () =>
  new NoticeAudioKeeper(
    { pcm: (id: string) => Promise.resolve(database?.get(id) ?? null) } as unknown as NoticeAudioRepository,
    {
      get isReady() {
        return database !== null;
      },
    } as DatabaseConnector,
    box.settings,
    new Logger('test', 'silent'),
  );
const recorded = async (ending: string) =>
  (await readdir(box.settings.layout.asteriskRecorded)).filter((name) => name.endsWith(ending)).sort();
const nobodyCalls = () =>
  eventually('the phone’s call to be over', async () =>
    /^0 active channels/m.test(await box.commandLine('core show channels count')),
  );
/** How long the tone of 700 Hz was heard on the whole of a call that ends by itself. */
async function heardMs(): Promise<number> {
  const caller = await town.call({ from: NUMBER, to: OWN_LINE });
  await caller.ended(20_000);
  return totalMs(toneIntervals((await caller.heard()).left, 700));
}

beforeAll(() => {
  ({ box, town } = stage);
});
afterEach(() => {
  database = new Map();
});

describe('a notice that an office made', () => {
  it('is heard by callers once it is in place, and stays there with the database down', async () => {
    database = new Map([[AUDIO, SOUND]]);
    const first = keeper();
    await first.bring(office);
    expect(first.lost).toEqual([]);
    expect(await heardMs()).toBeGreaterThan(1500);
    database = null;
    const second = keeper();
    await second.bring(office);
    expect(second.lost).toEqual([]);
  });

  it('is replaced by a shipped sentence when it is lost, told, and comes back with the database', async () => {
    const path = join(box.settings.layout.asteriskPrompts, `${AUDIO}.sln`);
    await writeFile(path, SOUND.subarray(0, 1000));
    const one = keeper();
    await one.bring(office);
    expect(one.lost).toEqual(['町の告知']);
    expect((await readFile(path)).equals(await readFile(path.replace(AUDIO, 'recording-notice-short')))).toBe(true);
    expect(await heardMs()).toBeLessThan(500);
    expect((await stage.callOver()).text).not.toContain('notice-failed');
    database = new Map([[AUDIO, SOUND]]);
    await one.bring(office);
    expect([one.lost, (await readFile(path)).equals(SOUND)]).toEqual([[], true]);
  });
});

describe('a notice recorded by phone', () => {
  it('is a draft of its number, which can be heard', async () => {
    const phone = await town.callFromPhone('201', '*507', 'silence');
    await phone.answered();
    await eventually('the recording to begin', async () => (await recorded('.sln')).length === 1);
    await phone.says({ tone: 700 });
    await pause(1500);
    await phone.says('silence');
    await phone.sendDigits('#');
    await phone.ended(20_000);
    const [done] = await recorded('.done');
    expect(done).toMatch(/^7-201-\d+-\d+\.done$/);
    const sound = await readFile(join(box.settings.layout.asteriskRecorded, done?.replace('.done', '.sln') ?? ''));
    expect(sound.length).toBeGreaterThan(16_000);
    const again = await town.callFromPhone('201', '*517', 'silence');
    await again.ended(20_000);
    expect(totalMs(toneIntervals((await again.heard()).left, 700))).toBeGreaterThan(1000);
  });

  it.each([
    ['hangs up', () => Promise.resolve()],
    ['presses # and does not wait for what is said to that', (phone: Party) => phone.sendDigits('#')],
  ])('is kept, whole and once, when the phone %s', async (_, finish) => {
    const before = await recorded('.sln');
    const phone = await town.callFromPhone('201', '*508', { tone: 700 });
    await phone.answered();
    const sound = await eventually('the recording to begin', async () => {
      return (await recorded('.sln')).find((name) => !before.includes(name));
    });
    await pause(1000);
    await finish(phone);
    await phone.hangUp();
    await nobodyCalls();
    const draft = sound.replace('.sln', '');
    expect((await recorded('.done')).filter((name) => name === `${draft}.done`)).toHaveLength(1);
    expect(await box.commands.keptValue('notice-draft', '8')).toBe(draft);
    expect(await recorded('.sln')).toHaveLength(before.length + 1);
    const { size } = await stat(join(box.settings.layout.asteriskRecorded, sound));
    expect(size).toBeGreaterThan(8000);
  });

  it('is none when the phone hangs up before the tone', async () => {
    const before = await recorded('');
    const phone = await town.callFromPhone('201', '*509', 'silence');
    await eventually('the sentence', async () => totalMs(soundIntervals((await phone.heard()).left)) > 300);
    await phone.hangUp();
    await nobodyCalls();
    expect(await recorded('')).toEqual(before);
    expect((await box.commands.kept('notice-draft')).has('9')).toBe(false);
  });

  it('cannot be made or heard by a phone that may not', async () => {
    const before = (await recorded('.sln')).length;
    for (const code of ['*507', '*517']) {
      const phone = await town.callFromPhone('202', code, 'silence');
      await phone.ended(20_000);
      expect(totalMs(toneIntervals((await phone.heard()).left, 700))).toBeLessThan(300);
    }
    expect((await recorded('.sln')).length).toBe(before);
    expect(existsSync(join(box.settings.layout.asteriskRecorded, '7.sln'))).toBe(false);
  });

  it('journals no call', async () => {
    expect((await box.calls()).filter(({ text }) => text.includes('*50'))).toEqual([]);
  });
});
