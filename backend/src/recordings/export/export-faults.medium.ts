import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import type { Visitor } from '../../../../test/medium/api/visitor.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import {
  FaultyRecordingStore,
  type StoreFault,
  type StoreOperation,
} from '../../../../test/medium/recordings/faulty-recording-store.ts';
import { diskStore, sealingService, spoolCall } from '../../../../test/medium/recordings/sealing-bench.ts';
import { stepped, Steps } from '../../../../test/medium/recordings/stepped.ts';
import { unzipped } from '../../../../test/medium/recordings/unzipped.ts';
import type { KeyStore } from '../encryption/key-store.ts';
import { RecordingKeys } from '../encryption/recording-keys.service.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { Vault } from '../vault/vault.ts';
import { AudioConversion } from './audio-conversion.ts';
import { ExportDownloads } from './export-downloads.service.ts';
import { ExportManifest, type NotExported } from './export-manifest.schema.ts';
import { ExportSource } from './export-source.ts';
import type { ExportOrder, ExportView } from './export.schema.ts';
import { PassphraseEncryption } from './passphrase-encryption.ts';

const EXPORTS = '/api/v1/exports';
const PASSPHRASE = 'kawa no nagare 100%';

let api: ApiUnderTest;
let clerk: Visitor;
let recordings: RecordingEntity[];
/** Puts back what a test has replaced. */
const mended: (() => void)[] = [];

const inApi = <T>(wanted: abstract new (...parts: never[]) => T): T =>
  api.http.application.get<T>(wanted, { strict: false });

/** Has `holder` work with another thing than it was made with. */
function replace(holder: object, part: string, by: (thing: object) => object): void {
  const kept = Reflect.get(holder, part) as object;
  Reflect.set(holder, part, by(kept));
  mended.push(() => Reflect.set(holder, part, kept));
}

function mend(): void {
  for (const back of mended.splice(0)) back();
}

async function order(more: Partial<ExportOrder> = {}): Promise<ExportView> {
  const body = { callIds: recordings.map(({ callId }) => callId), format: 'original', reason: '監査のため', ...more };
  const answer = await clerk.ask('POST', EXPORTS, { body });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json() as unknown as ExportView;
}

type Received = 'refused' | 'cut' | 'whole';

/**
 * Downloads as a browser does, and finds every recording of an archive that ended well either whole or named.
 * @returns why recordings are missing, in the order of the list
 */
async function download({ id }: ExportView): Promise<{ received: Received; missing: (NotExported | null)[] }> {
  const answer = await clerk.open('GET', `${EXPORTS}/${id}/archive`);
  const chunks = await (answer.toArray() as Promise<Buffer[]>).catch(() => null);
  if (answer.statusCode !== 200) return { received: 'refused', missing: [] };
  if (chunks === null) return { received: 'cut', missing: [] };
  const files = new Map(unzipped(Buffer.concat(chunks)).map(({ name, content }) => [name, content]));
  const told = ExportManifest.parse(JSON.parse(files.get('manifest.json')?.toString() ?? ''));
  expect(told.recordings.map(({ callId }) => callId)).toEqual(recordings.map(({ callId }) => callId));
  for (const [index, { file, notExported }] of told.recordings.entries()) {
    expect(file === null).toBe(notExported !== null);
    const content = file && files.get(file.name);
    if (content) expect(createHash('sha256').update(content).digest('hex')).toBe(recordings[index]?.sha256);
  }
  const missing = told.recordings.map(({ notExported }) => notExported);
  expect(told.counts).toMatchObject({ calls: 2, missing: missing.filter((reason) => reason !== null).length });
  return { received: 'whole', missing };
}

const endsOf = async ({ id }: ExportView) =>
  (await api.audited('export.end')).filter(({ subject }) => subject === id).map(({ detail }) => detail);
const beginningsOf = async ({ id }: ExportView) =>
  (await api.audited('export.download')).filter(({ subject }) => subject === id);

/** As once the silence of a process that died has told. */
const afterSilence = ({ id }: ExportView) =>
  api.database.dataSource.query(`UPDATE exports SET alive_at = alive_at - interval '31 s' WHERE id = $1`, [id]);

/** With nothing wrong any more, the same export is whole, and the trail says of both downloads what they were. */
async function expectWholeAfter(made: ExportView, before: Received, endKnown = true): Promise<void> {
  const told = endKnown && before !== 'refused';
  if (told) await eventually(async () => (await endsOf(made)).length === 1);
  const [first] = await endsOf(made);
  if (first) expect(first).toMatchObject({ state: before === 'whole' ? 'completed' : 'interrupted' });
  if (before !== 'refused') expect(await beginningsOf(made)).toHaveLength(1);
  const earlier = (await endsOf(made)).length;
  await afterSilence(made);
  expect(await download(made)).toEqual({ received: 'whole', missing: [null, null] });
  await eventually(async () => (await endsOf(made)).length === earlier + 1);
  expect((await endsOf(made)).at(-1)).toMatchObject({ state: 'completed', done: 2, missing: 0 });
}

beforeAll(async () => {
  api = await ApiUnderTest.start();
  clerk = await api.administrator();
  recordings = [];
  for (const pcm of [tones(1000, 440, 1000), tones(700, 500, 900)]) {
    const callId = await spoolCall(api.settings.layout, { pcm });
    await sealingService(api.database.dataSource, api.settings).seal(callId);
    recordings.push(await api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId }));
  }
});
afterEach(mend);
afterAll(() => api.stop());

function bound(thing: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(thing, key, thing);
  return typeof value === 'function' ? (value as () => unknown).bind(thing) : value;
}

/** A store of which one call, the `nth` of `operation`, meets the fault. */
function faultyAt(store: object, fault: StoreFault, operation: StoreOperation, nth: number) {
  const faulty = new FaultyRecordingStore(diskStore(api.settings), fault, operation);
  let calls = 0;
  const struck = new Proxy(store, {
    get(target, key) {
      const strikes = key === operation && ++calls === nth;
      return bound(strikes ? faulty : target, key);
    },
  });
  return { struck, reached: () => calls >= nth };
}

/** As if every recording were too long to be held: decrypted to be verified, and again to be sent. */
const HOW = { held: null, 'decrypted twice': 0 } as const;
type How = keyof typeof HOW;

function takeAudio(how: How): void {
  const most = HOW[how];
  if (most !== null) replace(inApi(ExportSource), 'mostHeldBytes', () => most as unknown as object);
}

describe('an export from a store whose', () => {
  /** What the manifest may say then; `null` = the download is refused or cut, because more than one recording is in trouble. */
  it.each<[StoreOperation, StoreFault, How, NotExported | null]>([
    ['read', 'fail-always', 'held', 'file-damaged'],
    ['read', 'refuse', 'held', null],
    ['read', 'flip-byte', 'held', 'file-damaged'],
    ['read', 'truncate', 'held', 'file-damaged'],
    ['read', 'vanish', 'held', 'file-missing'],
    ['read', 'fail-always', 'decrypted twice', 'file-damaged'],
    ['read', 'flip-byte', 'decrypted twice', 'file-damaged'],
    ['sizeOf', 'vanish', 'held', 'file-missing'],
    ['sizeOf', 'vanish', 'decrypted twice', 'file-missing'],
  ])(
    '%s meets %s, at any moment, is whole or names what is missing: audio %s',
    async (operation, fault, how, expected) => {
      const seen = new Set<NotExported>();
      for (let nth = 1, reached = true; reached; nth++) {
        const made = await order();
        let isReached = () => false;
        takeAudio(how);
        replace(inApi(Vault), 'store', (store) => {
          const { struck, reached: told } = faultyAt(store, fault, operation, nth);
          isReached = told;
          return struck;
        });
        const { received, missing } = await download(made);
        reached = isReached();
        mend();
        for (const reason of missing) if (reason !== null) seen.add(reason);
        if (reached) expect(received === 'whole').toBe(expected !== null);
        if (reached && received === 'whole') expect(missing.filter((reason) => reason !== null)).toHaveLength(1);
        await expectWholeAfter(made, received);
      }
      if (expected === null) expect([...seen]).toEqual([]);
      else expect([...seen]).toContain(expected);
    },
  );
});

/** What is thrown where a promise is expected comes as its rejection. */
const rejecting = <T extends object>(thing: T): T =>
  new Proxy(thing, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return async (...parts: unknown[]): Promise<unknown> => await (value as (...all: unknown[]) => unknown)(...parts);
    },
  });

describe('an export whose database goes away', () => {
  it.each(['before', 'after'] as const)('%s any step is refused or cut, and whole once it is back', async (when) => {
    const seen = new Set<Received>();
    const names = new Set<string>();
    for (let step = 1, reached = true; reached; step++) {
      const made = await order();
      const steps = new Steps(step, when, () => {
        throw new Error('connection terminated');
      });
      const strike = (name: string) => (thing: object) => rejecting(stepped(name, thing, steps));
      replace(inApi(ExportDownloads), 'exports', strike('exports'));
      replace(inApi(ExportDownloads), 'audit', strike('audit'));
      replace(inApi(ExportSource), 'exports', strike('exports'));
      replace(inApi(RecordingKeys), 'store', strike('keys'));
      const { received, missing } = await download(made);
      const isEnd = () => steps.names[step - 1] === 'exports.end';
      if (received !== 'refused') await eventually(() => Promise.resolve(steps.names.includes('exports.end')));
      reached = steps.faultReached;
      mend();
      seen.add(received);
      names.add(steps.names[step - 1] ?? '');
      if (received === 'whole') expect(missing).toEqual([null, null]);
      await expectWholeAfter(made, received, !isEnd() || when === 'after');
    }
    expect([...seen].sort()).toEqual(['cut', 'refused', 'whole']);
    for (const name of [
      'exports.find',
      'exports.claim',
      'audit.record',
      'exports.items',
      'keys.recordingKey',
      'exports.end',
    ])
      expect([...names]).toContain(name);
  });
});

describe('an export of which', () => {
  it.each([0, 1])('the key of recording %i is gone names it as deleted', async (index) => {
    const made = await order();
    const gone = recordings[index]?.id;
    replace(inApi(RecordingKeys), 'store', (store) => {
      const ask = (id: string): unknown => (store as KeyStore).recordingKey(id);
      return new Proxy(store, {
        get: (target, key) =>
          key === 'recordingKey' ? (id: string) => (id === gone ? null : ask(id)) : bound(target, key),
      });
    });
    const { received, missing } = await download(made);
    mend();
    expect([received, missing]).toEqual(['whole', [0, 1].map((at) => (at === index ? 'deleted' : null))]);
    await expectWholeAfter(made, received);
  });

  it('the key goes between its verification and its being sent is cut short, and named as deleted', async () => {
    const made = await order();
    takeAudio('decrypted twice');
    const asked = new Map<string, number>();
    replace(inApi(RecordingKeys), 'store', (store) => {
      const ask = (id: string): unknown => (store as KeyStore).recordingKey(id);
      const once = (id: string) => {
        asked.set(id, (asked.get(id) ?? 0) + 1);
        return id === recordings[1]?.id && (asked.get(id) ?? 0) > 1 ? null : ask(id);
      };
      return new Proxy(store, { get: (target, key) => (key === 'recordingKey' ? once : bound(target, key)) });
    });
    const { received, missing } = await download(made);
    mend();
    expect([received, missing]).toEqual(['whole', [null, 'deleted']]);
    await expectWholeAfter(made, received);
  });

  /** `tools` is where tools are looked for: a file that is none, or a script that is one for a while. */
  async function toolsThat(name: string, script: string | null): Promise<string> {
    const tools = await mkdtemp(join(api.settings.layout.run, 'tools-'));
    if (script !== null) await writeFile(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return tools;
  }

  it.each([
    ['is not there', null],
    ['is killed at once', 'kill -9 $$'],
    ['is killed after a while', 'head -c 2000; kill -9 $$'],
    ['ends early and says that all is well', 'head -c 2000; echo "sox WARN flac: decoder lost sync" >&2'],
  ])('the converter %s names the recordings', async (_, script) => {
    const made = await order({ format: 'wav' });
    const tools = await toolsThat('sox', script);
    replace(inApi(AudioConversion), 'toolsDir', () => tools as unknown as object);
    const { received, missing } = await download(made);
    mend();
    expect([received, missing]).toEqual(['whole', ['conversion-failed', 'conversion-failed']]);
    await eventually(async () => (await endsOf(made)).length === 1);
    expect(await endsOf(made)).toMatchObject([{ state: 'completed', done: 2, missing: 2 }]);
  });

  it.each<[string, string | null, Received]>([
    ['is not there', null, 'refused'],
    ['is killed at once', 'kill -9 $$', 'refused'],
    ['is killed after a while', 'head -c 2000; kill -9 $$', 'cut'],
    ['fails in the end', 'cat; exit 1', 'cut'],
  ])('the encryption %s never ends as if it were whole', async (_, script, expected) => {
    const made = await order({ passphrase: PASSPHRASE });
    const tools = await toolsThat('age', script);
    replace(inApi(PassphraseEncryption), 'toolsDir', () => tools as unknown as object);
    expect((await download(made)).received).toBe(expected);
    mend();
    await eventually(async () => (await endsOf(made)).length === 1);
    expect(await endsOf(made)).toMatchObject([{ state: 'interrupted' }]);
  });
});
