import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyFiles } from '../../../../console/verifier/verification.ts';
import { aCall, fileCalls } from '../../../../test/medium/api/filed-calls.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { unsealed } from '../../../../test/medium/recordings/sealing-bench.ts';
import { contentOf, ExportBench, manifestOf, REASON } from '../../../../test/medium/recordings/export-bench.ts';
import { unzipped } from '../../../../test/medium/recordings/unzipped.ts';
import { KeyRing } from '../encryption/key-ring.ts';
import { loadMasterKey } from '../encryption/master-key.ts';
import { RecordingKeyRepository } from '../encryption/recording-key.repository.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { AudioConversion } from './audio-conversion.ts';
import { ToolFailedError } from './tool-stream.ts';

let bench: ExportBench;

beforeAll(async () => {
  bench = await ExportBench.start();
});
afterEach(() => bench.convertAsAlways());
afterAll(() => bench.stop());

describe('an export', () => {
  it('holds every recording as it was sealed, and tells of each what it is', async () => {
    const made = await bench.order();
    expect(made).toMatchObject({ state: 'ready', own: true, encrypted: false, reason: REASON, progress: { calls: 3 } });
    const files = await bench.filesOf(made);
    const manifest = manifestOf(files);
    expect(manifest.counts).toEqual({ calls: 3, exported: 3, withoutAudio: 0, missing: 0 });
    expect(manifest.recordings.map(({ recordingId }) => recordingId)).toEqual(bench.recordings.map(({ id }) => id));
    for (const [index, { file, asSealed, sealed }] of manifest.recordings.entries()) {
      expect(file?.name).toMatch(/^録音\/\d{8}_\d{6}_main_0398765432_[0-9a-f]{8}\.flac$/);
      const audio = contentOf(files, file?.name ?? '');
      expect(
        audio.equals(await unsealed(bench.api.database.dataSource, bench.api.settings, bench.recordingAt(index))),
      ).toBe(true);
      const { sha256 } = bench.recordingAt(index);
      expect([asSealed, sealed?.sha256, file?.sha256]).toEqual([true, sha256, sha256]);
    }
    for (const { name, sha256, sizeBytes } of manifest.files) {
      const content = contentOf(files, name);
      expect([createHash('sha256').update(content).digest('hex'), content.length]).toEqual([sha256, sizeBytes]);
    }
    const list = contentOf(files, '一覧.csv').toString();
    expect(list.startsWith('\ufeff"番号","ファイル名"')).toBe(true);
    for (const { file } of manifest.recordings) expect(list).toContain(`"${file?.name}","済"`);
    expect([...files.keys()].filter((name) => !name.startsWith('録音/'))).toEqual([
      ...['一覧.csv', 'manifest.schema.json', 'manifest.json'],
    ]);
  });

  it('is held against its list by the page for evidence, each audio file of it too, zipped and unpacked', async () => {
    const { body } = await bench.download(await bench.order());
    const verify = async (chosen: File[]) => {
      const verification = await verifyFiles(chosen, () => undefined);
      return verification.kind === 'export' ? verification.result : verification.kind;
    };
    const right = { correct: true, findings: [], audio: 3, recordings: 3, unknown: [] };
    expect(await verify([new File([Uint8Array.from(body)], 'export.zip')])).toEqual(right);
    const bare = (name: string) => name.slice(name.lastIndexOf('/') + 1);
    const unpacked = unzipped(body);
    const chosen = unpacked.map(({ name, content }) => new File([Uint8Array.from(content)], bare(name)));
    expect(await verify(chosen)).toEqual(right);
    const audio = unpacked.find(({ name }) => name.startsWith('録音/'));
    if (!audio) throw new Error('no audio');
    const changed = Uint8Array.from(audio.content);
    changed[100] = (changed[100] ?? 0) ^ 1;
    const others = chosen.filter(({ name }) => name !== bare(audio.name));
    const finding = (problem: string) => ({ correct: false, findings: [{ part: audio.name, problem }] });
    expect(await verify([...others, new File([changed], bare(audio.name))])).toMatchObject(finding('changed'));
    expect(await verify(others)).toMatchObject(finding('missing'));
  });

  it('without any audio is never found correct by that page', async () => {
    const { body } = await bench.download(await bench.order({}, [await bench.seal(null)]));
    const verification = await verifyFiles([new File([Uint8Array.from(body)], 'export.zip')], () => undefined);
    expect(verification).toMatchObject({ kind: 'export', result: { correct: false, findings: [], audio: 0 } });
    const unlisted = JSON.stringify({ kind: 'denwaban-export', files: [] });
    expect(await verifyFiles([new File([unlisted], 'manifest.json')], () => undefined)).toEqual({ kind: 'empty' });
  });

  it('leaves a trace of who, why, how many and which, of each download, and of its end', async () => {
    const made = await bench.order();
    await bench.download(made);
    await bench.ended(made, 'completed');
    const [created] = await bench.traces(made, 'export.create');
    expect(created).toMatchObject({
      user_id: made.createdBy.id,
      detail: { reason: REASON, calls: 3, format: 'original', listSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await bench.traces(made, 'export.download')).toMatchObject([
      { user_id: made.createdBy.id, detail: { calls: 3 } },
    ]);
    expect(await bench.traces(made, 'export.end')).toMatchObject([
      { detail: { state: 'completed', done: 3, missing: 0 } },
    ]);
  });

  it('is the same archive however often it is downloaded', async () => {
    const made = await bench.order({ format: 'wav' });
    const first = await bench.download(made);
    await bench.ended(made, 'completed');
    expect((await bench.download(made)).body.equals(first.body)).toBe(true);
  });

  it.each([
    ['wav', 'both', 32],
    ['wav', 'left', 16],
    ['mp3', 'both', 8],
    ['flac', 'right', null],
  ])('can be %s of %s', async (format, side, bytesPerMs) => {
    const files = await bench.filesOf(await bench.order({ format, side }));
    for (const { file, durationMs } of manifestOf(files).recordings) {
      expect(file?.name.endsWith(`.${format}`)).toBe(true);
      if (bytesPerMs !== null) expect((file?.sizeBytes ?? 0) / bytesPerMs / (durationMs ?? 1)).toBeCloseTo(1, 0);
      expect(contentOf(files, file?.name ?? '').length).toBe(file?.sizeBytes);
    }
  });

  it('of a search is every ended call that it finds, oldest first', async () => {
    const line = 'library';
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 1, minute));
    const calls = [3, 1, 2].map((minute) => aCall({ line, startedAt: at(minute) }));
    await fileCalls(bench.api.database.dataSource, [...calls, aCall({ line, startedAt: at(4), endedAt: null })]);
    const made = await bench.order({ search: { line }, callIds: undefined });
    const listed = manifestOf(await bench.filesOf(made)).recordings;
    expect(listed.map(({ callId }) => callId)).toEqual([calls[1]?.id, calls[2]?.id, calls[0]?.id]);
    expect(listed.map(({ notExported }) => notExported)).toEqual(['not-sealed', 'not-sealed', 'not-sealed']);
    expect(await bench.traces(made, 'export.create')).toMatchObject([{ detail: { search: { line } } }]);
  });

  it('has its list in CP932 when asked, and says which characters that lacks', async () => {
    const [call] = bench.recordings;
    await bench.api.database.dataSource.query(`UPDATE calls SET desk_name = '𠮷田係' WHERE id = $1`, [call?.callId]);
    const made = await bench.order({ listEncoding: 'cp932' });
    expect(made.lostCharacters).toEqual(['𠮷']);
    const files = await bench.filesOf(made);
    expect(new TextDecoder('shift_jis').decode(contentOf(files, '一覧.csv'))).toContain('"〓田係"');
    expect(contentOf(files, '一覧_注意.txt').toString()).toContain('番号 1、列「窓口」: 𠮷(U+20BB7)');
    expect(manifestOf(files).files.map(({ name }) => name)).toContain('一覧_注意.txt');
  });
});

describe('what cannot be exported', () => {
  it('is told with its reason, and everything else is there', async () => {
    const { dataSource, settings } = { dataSource: bench.api.database.dataSource, settings: bench.api.settings };
    const audio = tones(1000, 440, 1000);
    const [whole, missing, damaged, destroyed] = [
      await bench.seal(audio),
      await bench.seal(audio),
      await bench.seal(audio),
      await bench.seal(audio),
    ];
    const [lost, refused] = [await bench.seal(null), await bench.seal(null)];
    await dataSource.query(`UPDATE recordings SET reason = 'refused' WHERE id = $1`, [refused.id]);
    const made = await bench.order({}, [missing, damaged, whole, destroyed, lost, refused]);
    const at = ({ path }: RecordingEntity) => join(settings.layout.vault, path ?? '');
    await rm(at(missing));
    const file = await open(at(damaged), 'r+');
    await file.write(Buffer.from([1, 2, 3]), 0, 3, 200);
    await file.close();
    const ring = new KeyRing(await loadMasterKey(settings.masterKeyPlaces), new RecordingKeyRepository(dataSource));
    await ring.destroyRecordingKey(destroyed.id);
    const files = await bench.filesOf(made);
    const manifest = manifestOf(files);
    expect(manifest.recordings.map(({ notExported, completenessReason }) => notExported ?? completenessReason)).toEqual(
      [...['file-missing', 'file-damaged', null, 'deleted', 'no-recording', 'no-recording']],
    );
    expect(manifest.recordings.at(-2)?.completenessReason).toBe('file-missing');
    expect(manifest.recordings.at(-1)?.completenessReason).toBe('refused');
    expect(manifest.counts).toEqual({ calls: 6, exported: 1, withoutAudio: 1, missing: 4 });
    expect([...files.keys()].filter((name) => name.startsWith('録音/'))).toHaveLength(1);
    const list = contentOf(files, '一覧.csv').toString();
    for (const words of ['録音庫にファイルがありません', '録音庫のファイルが壊れています', '削除済み'])
      expect(list).toContain(words);
    await bench.ended(made, 'completed');
    expect((await bench.read(made)).progress).toMatchObject({ calls: 6, done: 6, withoutAudio: 1, missing: 4 });
    const rows = await dataSource.manager.findBy(RecordingEntity, { trouble: 'vault-file-damaged' });
    expect(rows.map(({ id }) => id).sort()).toEqual([missing.id, damaged.id].sort());
  });

  it('is told when its conversion breaks off in the middle', async () => {
    const made = await bench.order({ format: 'wav' });
    bench.conversion.convert = (...asked) => broken(AudioConversion.prototype.convert.apply(bench.conversion, asked));
    const files = await bench.filesOf(made);
    const manifest = manifestOf(files);
    expect(manifest.counts).toMatchObject({ exported: 0, missing: 3 });
    for (const { notExported, incompleteFile, file } of manifest.recordings) {
      expect([notExported, file]).toEqual(['conversion-failed', null]);
      expect(contentOf(files, incompleteFile ?? '').length).toBeGreaterThan(0);
    }
  });
});

/** The first piece, and then no more. */
async function* broken(audio: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of audio) {
    yield chunk;
    throw new ToolFailedError('sox: killed');
  }
}
