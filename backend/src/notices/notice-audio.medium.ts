import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { toneIntervals, totalMs } from '../../../test/town/listen.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Logger } from '../platform/logging.ts';
import { wavHeader } from '../recordings/formats/mixed-wav.ts';
import { htsVoices, openJtalkPlaces } from './open-jtalk.ts';
import type { Voice } from './voice-choice.service.ts';
import { NoticeAudioShelf } from './notice-audio-shelf.service.ts';
import { RecordedNotices } from './recorded-notices.service.ts';
import { KanaReading, NoticeAudio, NoticeAudioList, UPLOAD_BYTES } from './notice-audio.schema.ts';
import { rmsDbfs, SOUND_RATE, TARGET_DBFS } from './sound-level.ts';
import { SoundTools, TooMuchSoundError } from './sound-tools.service.ts';

const NOTICE_AUDIO = '/api/v1/notice-audio';
const WAV_HEADER_BYTES = 44;
const GONE = '01234567-89ab-8def-8123-456789abcdef';

let api: ApiUnderTest;
/** As the runtime root has it, which depends on the package mirror. */
let usualVoice: Voice;
let visitor: Visitor;
let folder: string;

/** What the tool writes of a tone. */
function sounding(name: string, effects: string[], form: string[] = ['-r', '44100', '-c', '2', '-b', '16']): Buffer {
  const path = join(folder, name);
  execFileSync(join(api.settings.endpoints.toolsDir, 'sox'), ['-D', '-n', ...form, path, ...effects]);
  return readFileSync(path);
}
const tone = (name: string, dbfs = -6) => sounding(name, ['synth', '2', 'sine', '440', 'gain', String(dbfs)]);
/** Two seconds of 440 Hz. */
const fixture = (kind: string) => readFileSync(new URL(`./tone.fixture.${kind}`, import.meta.url));
const wav = (pcm: Buffer) => Buffer.concat([wavHeader(pcm.length / 2), pcm]);

const upload = (bytes: Buffer, name = '夏の告知') =>
  visitor.ask('POST', `${NOTICE_AUDIO}/uploads`, { body: bytes, headers: { 'sound-name': encodeURIComponent(name) } });
const kept = async (bytes: Buffer, name?: string) => {
  const answer = await upload(bytes, name);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.as(NoticeAudio);
};
const list = async () => (await visitor.ask('GET', NOTICE_AUDIO)).as(NoticeAudioList);
const own = async () => (await list()).audio.filter(({ source }) => source !== 'shipped');
const sound = async (id: string) => buffer(await visitor.open('GET', `${NOTICE_AUDIO}/${id}/sound`));
const left = () => {
  try {
    return readdirSync(join(api.settings.layout.run, 'notice-audio'));
  } catch {
    return [];
  }
};
const refusal = async (bytes: Buffer) => {
  const answer = await upload(bytes);
  const { errorId, details } = answer.as(Failure);
  expect(left()).toEqual([]);
  return [answer.status, errorId, (details as { reason?: string } | undefined)?.reason];
};
const playing = (audio: string) => ({
  ...smallOffice(),
  notices: [{ id: 'recording', name: '録音告知', text: '録音しています。', audio }],
});
/** Stored without waiting for what telephony makes of it. */
const configure = async (audio: string) => {
  const versions = api.http.application.get(ConfigurationVersionRepository, { strict: false });
  await versions.add(playing(audio), null, null);
};

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const { voices } = openJtalkPlaces(api.settings.endpoints.toolsDir);
  usualVoice = (await htsVoices([voices])).length > 0 ? 'open-jtalk' : 'espeak-ng';
  visitor = await api.administrator();
  folder = mkdtempSync(join(tmpdir(), 'denwaban-sounds-'));
});
beforeEach(async () => {
  await api.database.dataSource.query('TRUNCATE configuration_versions RESTART IDENTITY');
  await api.database.dataSource.query('TRUNCATE notice_audio');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.stop();
});

describe('a sound file that is uploaded', () => {
  it.each(['wav', 'mp3', 'flac', 'ogg', 'aiff'])('may be %s, and becomes what a telephone plays', async (kind) => {
    const audio = await kept(tone(`tone.${kind}`));
    expect(audio).toMatchObject({ name: '夏の告知', source: 'upload', usedBy: [], createdBy: expect.any(String) });
    expect(audio.durationMs).toBeGreaterThan(1900);
    expect(audio.durationMs).toBeLessThan(2200);
    expect(audio.level?.activeDbfs).toBeGreaterThan(-12);
    const pcm = (await sound(audio.id)).subarray(WAV_HEADER_BYTES);
    expect(Math.abs(rmsDbfs(pcm) - TARGET_DBFS)).toBeLessThan(1.5);
    expect(left()).toEqual([]);
  });

  it('may be Opus', async () => {
    tone('for-opus.wav');
    const [from, to] = [join(folder, 'for-opus.wav'), join(folder, 'tone.opus')];
    execFileSync(join(api.settings.endpoints.toolsDir, 'opusenc'), ['--quiet', from, to]);
    expect((await kept(readFileSync(to))).durationMs).toBeGreaterThan(1900);
  });

  it.each(['m4a', 'aac'])('may be %s, as smartphones record', async (kind) => {
    const audio = await kept(fixture(kind));
    expect(audio.durationMs).toBeGreaterThan(1900);
    expect(audio.durationMs).toBeLessThan(2300);
    const pcm = (await sound(audio.id)).subarray(WAV_HEADER_BYTES);
    expect(Math.abs(rmsDbfs(pcm) - TARGET_DBFS)).toBeLessThan(1.5);
    const samples = Int16Array.from({ length: pcm.length / 2 }, (_, index) => pcm.readInt16LE(2 * index));
    expect(totalMs(toneIntervals({ sampleRate: SOUND_RATE, samples }, 440))).toBeGreaterThan(1800);
  });

  it('is kept once, however often and at once it comes, and each time it is on record', async () => {
    const bytes = tone('same.wav');
    const before = (await api.audited('notice-audio.create')).length;
    const ids = (await Promise.all([kept(bytes, '一'), kept(bytes, '二'), kept(bytes, '三')])).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(await own()).toHaveLength(1);
    const events = (await api.audited('notice-audio.create')).slice(before);
    expect(events.map(({ subject }) => subject)).toEqual(ids);
  });

  it('is told to be quiet, clipped or mostly silence', async () => {
    const warnings = async (bytes: Buffer) => (await kept(bytes)).level?.warnings;
    expect(await warnings(tone('quiet.wav', -42))).toEqual(['quiet']);
    expect(await warnings(sounding('clipped.wav', ['synth', '2', 'sine', '440', 'gain', '12']))).toContain('clipped');
    expect(
      await warnings(sounding('pauses.wav', ['synth', '1', 'sine', '440', 'gain', '-6', 'pad', '2', '2'])),
    ).toEqual(['mostly-silent']);
  });

  it('is refused by name when nobody speaks, or for too short or too long a time', async () => {
    expect(await refusal(wav(Buffer.alloc(32_000)))).toEqual([422, 'sound-unfit', 'silent']);
    expect(await refusal(wav(Buffer.alloc(1600, 0x20)))).toEqual([422, 'sound-unfit', 'too-short']);
    const long = sounding('long.wav', ['synth', '200', 'sine', '440'], ['-r', '8000', '-c', '1', '-b', '16']);
    expect(await refusal(long)).toEqual([422, 'sound-unfit', 'too-long']);
    const frames = Array.from({ length: 90 }, () => fixture('aac'));
    expect(await refusal(Buffer.concat(frames))).toEqual([422, 'sound-unfit', 'too-long']);
  });

  it('is too much, whatever becomes of the tool, when what it puts out does not end', async () => {
    const tools = api.http.application.get(SoundTools, { strict: false });
    const endless = ['-D', '-n', '-r', '48000', '-c', '2', '-b', '16', '-t', 'raw', '-', 'trim', '0', '230'];
    await expect(tools.run('sox', endless)).rejects.toThrow(TooMuchSoundError);
  });

  it('is refused when it is no sound, and nothing is left of it', async () => {
    expect(await refusal(Buffer.from('#EXTM3U\n/etc/passwd\n'))).toEqual([422, 'sound-unreadable', 'unknown-kind']);
    expect(await refusal(Buffer.alloc(0))).toEqual([422, 'sound-unreadable', 'unknown-kind']);
    expect(await refusal(Buffer.from('\0\0\0\x20ftypM4A '))).toEqual([422, 'sound-unreadable', 'no-aac']);
    expect(await refusal(fixture('m4a').subarray(0, 2000))).toEqual([422, 'sound-unreadable', 'no-aac']);
    const damaged = [tone('cut.flac').subarray(0, 200), Buffer.from('OggS'.padEnd(26, '\0') + '\x01\x08OpusHead')];
    for (const bytes of damaged) expect((await refusal(bytes))[1]).toMatch(/^sound-un(readable|fit)$/);
    expect(await own()).toEqual([]);
  });

  it('may lie about its length and its rate: only what is there counts, and nobody waits for the rest', async () => {
    const pcm = readFileSync(join(folder, 'same.wav')).subarray(WAV_HEADER_BYTES);
    const lying = wav(pcm.subarray(0, 32_000));
    lying.writeUInt32LE(0xfffffff0, 40);
    expect((await kept(lying)).durationMs).toBe(2000);
    for (const rate of [1, 0, 4_000_000_000]) {
      lying.writeUInt32LE(rate, 24);
      expect((await refusal(lying))[0]).toBe(422);
    }
  });

  it('is refused as soon as it is too large', async () => {
    const answer = await upload(Buffer.alloc(UPLOAD_BYTES + 1, 0x20));
    expect([answer.status, answer.as(Failure).errorId]).toEqual([413, 'sound-too-large']);
    expect(left()).toEqual([]);
  });

  it('leaves nothing when it breaks off', async () => {
    const { port, ca } = api;
    const { cookie } = visitor;
    const request = httpsRequest({
      ...{ host: '127.0.0.1', port, ca, method: 'POST', path: `${NOTICE_AUDIO}/uploads` },
      headers: {
        ...{ cookie: cookie ?? '', 'sound-name': 'a' },
        ...{ 'content-type': 'application/octet-stream', 'content-length': 1_000_000 },
      },
    });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(100_000));
    await eventually(() => Promise.resolve(left().length === 1));
    request.destroy();
    await eventually(() => Promise.resolve(left().length === 0));
    expect(await own()).toEqual([]);
  });

  it('has a name that is read like any other', async () => {
    const named = async (name: string) =>
      (await visitor.ask('POST', `${NOTICE_AUDIO}/uploads`, { body: Buffer.alloc(9), headers: { 'sound-name': name } }))
        .status;
    for (const name of ['', '%E3%81', '%00', 'a'.repeat(61)]) expect(await named(name)).toBe(400);
  });

  it('is taken as bytes only', async () => {
    const path = `${NOTICE_AUDIO}/uploads`;
    expect((await visitor.ask('POST', path, { body: {} })).status).toBe(415);
    const answer = await visitor.ask('POST', path, { body: Buffer.alloc(9), headers: { origin: 'https://evil.test' } });
    expect([answer.status, answer.as(Failure).errorId]).toEqual([403, 'cross-origin']);
  });
});

describe('a sound that the box speaks', () => {
  const text = '本日の業務は、午後5時15分に終了いたしました。';

  it('is read out in kana first, which can be corrected', async () => {
    const { kana } = (await visitor.ask('POST', `${NOTICE_AUDIO}/readings`, { body: { text } })).as(KanaReading);
    // Open JTalk tells how it says figures, MeCab how they are written.
    expect(kana.replaceAll('ー', 'う').replaceAll(' ', '')).toBe(
      'ほんじつのぎょうむわ、ごごごじじゅうごふんにしゅうりょういたしました。',
    );
  });

  it('is heard before anything is kept', async () => {
    const answer = await visitor.open('POST', `${NOTICE_AUDIO}/previews`, { body: { text, kana: 'てすと です。' } });
    const bytes = await buffer(answer);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'audio/wav']);
    expect(Math.abs(rmsDbfs(bytes.subarray(WAV_HEADER_BYTES)) - TARGET_DBFS)).toBeLessThan(1.5);
    expect(await own()).toEqual([]);
  });

  it('is kept with its text and what was read, and says the same whenever it is made', async () => {
    const speak = async (kana: string | null) =>
      (await visitor.ask('POST', NOTICE_AUDIO, { body: { name: '時間外', text, kana } })).as(NoticeAudio);
    const [first, again, corrected] = [await speak(null), await speak(null), await speak('ほんじつわ しゅうりょう。')];
    expect(first).toMatchObject({ source: 'speech', text, voice: usualVoice, kana: expect.stringContaining('ごじ') });
    expect(again.id).toBe(first.id);
    expect(corrected.id).not.toBe(first.id);
    expect(corrected.kana).toBe('ほんじつわ しゅうりょう。');
    expect(first.durationMs).toBeGreaterThan(corrected.durationMs);
  });

  it('is spoken by the voice that is named, also while one that was installed does not speak', async () => {
    const { voices } = api.settings.layout;
    mkdirSync(voices, { recursive: true });
    writeFileSync(join(voices, 'broken.htsvoice'), 'no voice');
    try {
      const answer = await visitor.ask('POST', NOTICE_AUDIO, { body: { name: '時間外', text, kana: null } });
      expect(answer.as(NoticeAudio)).toMatchObject({ voice: usualVoice, kana: expect.stringContaining('ごじ') });
      expect((await list()).voice).toBe(usualVoice);
    } finally {
      rmSync(voices, { recursive: true });
    }
  });

  it('is refused when there is nothing to be read', async () => {
    const answer = await visitor.ask('POST', NOTICE_AUDIO, { body: { name: 'a', text: '★', kana: null } });
    expect([answer.status, answer.as(Failure).errorId]).toEqual([400, 'invalid-input']);
    const kanji = await visitor.ask('POST', NOTICE_AUDIO, { body: { name: 'a', text, kana: '本日' } });
    expect(kanji.status).toBe(400);
    for (const unfit of ['', ' \n ', 'あ'.repeat(4000), '録音\u0000しています', '録音\u001bしています']) {
      const refused = await visitor.ask('POST', NOTICE_AUDIO, { body: { name: 'a', text: unfit, kana: null } });
      expect([refused.status, refused.as(Failure).errorId]).toEqual([400, 'invalid-input']);
    }
  });
});

describe('the sounds of notices', () => {
  it('are also those that come with the box', async () => {
    const { audio, accepted, voice } = await list();
    expect(audio.map(({ id }) => id)).toEqual(expect.arrayContaining(['recording-notice', 'menu-invalid']));
    expect(audio.map(({ id }) => id)).not.toContain('staff-done');
    expect([accepted.mostBytes, accepted.levelDbfs, voice]).toEqual([UPLOAD_BYTES, TARGET_DBFS, usualVoice]);
  });

  it('can be named by a notice only while they are there', async () => {
    const gone = await visitor.ask('PUT', '/api/v1/configuration', { body: playing(GONE) });
    expect([gone.status, gone.as(Failure).details]).toEqual([
      422,
      { problems: [expect.objectContaining({ problemId: 'missing-audio', path: '/notices/0/audio' })] },
    ]);
    const { id } = await kept(tone('named.wav'));
    await configure(id);
    expect((await own())[0]?.usedBy).toEqual([{ id: 'recording', name: '録音告知' }]);
  });

  it('cannot be deleted while a notice plays them', async () => {
    const { id } = await kept(tone('used.wav'));
    await configure(id);
    const refused = await visitor.ask('DELETE', `${NOTICE_AUDIO}/${id}`);
    expect([refused.status, refused.as(Failure).errorId]).toEqual([409, 'audio-in-use']);
    await configure('recording-notice');
    expect((await visitor.ask('DELETE', `${NOTICE_AUDIO}/${id}`)).status).toBe(204);
    expect((await api.audited('notice-audio.delete')).at(-1)).toMatchObject({ subject: id });
    expect((await visitor.ask('GET', `${NOTICE_AUDIO}/${id}/sound`)).status).toBe(404);
    expect((await visitor.ask('DELETE', `${NOTICE_AUDIO}/${id}`)).status).toBe(404);
  });

  it('that come with the box can be heard too, and nothing else by their names', async () => {
    mkdirSync(api.settings.layout.asteriskPrompts, { recursive: true });
    const file = (name: string) => join(api.settings.layout.asteriskPrompts, `${name}.sln`);
    for (const name of ['closed', 'staff-done']) writeFileSync(file(name), Buffer.alloc(1600, 1));
    const heard = (name: string) => visitor.open('GET', `${NOTICE_AUDIO}/shipped?audio=${encodeURIComponent(name)}`);
    const answer = await heard('closed');
    expect((await buffer(answer)).length).toBe(WAV_HEADER_BYTES + 1600);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'audio/wav']);
    for (const name of ['staff-done', '../prompts/closed', 'no-such']) expect((await heard(name)).statusCode).toBe(400);
    expect((await heard('refusal')).statusCode).toBe(404);
    expect((await visitor.ask('GET', `${NOTICE_AUDIO}/${GONE}/sound`)).status).toBe(404);
  });
});

describe('a notice recorded by phone', () => {
  const recorded = (...parts: string[]) => join(api.settings.layout.asteriskRecorded, ...parts);
  const worker = () =>
    new RecordedNotices(
      api.http.application.get(NoticeAudioShelf, { strict: false }),
      api.settings,
      new Logger('worker', 'silent'),
    );
  const record = (draft: string, pcm: Buffer) => {
    writeFileSync(recorded(`${draft}.sln`), pcm);
    writeFileSync(recorded(`${draft}.done`), '');
  };
  const speech = () => tone('phone.wav').subarray(WAV_HEADER_BYTES, WAV_HEADER_BYTES + 48_000);

  beforeEach(() => {
    rmSync(recorded(), { recursive: true, force: true });
    mkdirSync(recorded(), { recursive: true });
  });

  it('is taken as a draft once it is done, by whom and under which number', async () => {
    record('7-201-1795300000-1', speech());
    writeFileSync(recorded('8-201-1795300000-2.sln'), speech());
    await worker().takeAll();
    const [draft, ...others] = await own();
    expect(draft).toMatchObject({
      source: 'phone',
      recorded: { number: 7, extension: '201' },
      usedBy: [],
      createdBy: null,
    });
    expect(others).toEqual([]);
    // Still there to be heard by phone.
    expect(readdirSync(recorded()).sort()).toEqual(['7-201-1795300000-1.sln', '8-201-1795300000-2.sln']);
  });

  it('is there once when the worker died before it could say that it was taken', async () => {
    record('7-201-1795300000-1', speech());
    await worker().takeAll();
    writeFileSync(recorded('7-201-1795300000-1.done'), '');
    await worker().takeAll();
    expect(await own()).toHaveLength(1);
  });

  it('is left out when nobody speaks in it or nobody knows whose it is, and waits for a database that is down', async () => {
    record('7-201-1795300000-1', Buffer.alloc(48_000));
    record('no-draft', speech());
    await worker().takeAll();
    expect(await own()).toEqual([]);
    record('9-201-1795300000-3', speech());
    await api.database.setReachable(false);
    await expect(worker().takeAll()).rejects.toThrow();
    await api.database.setReachable(true);
    const taken = () =>
      worker()
        .takeAll()
        .then(
          () => true,
          () => false,
        );
    await eventually(taken);
    expect((await own()).map(({ recorded: by }) => by?.number)).toEqual([9]);
  });
});
