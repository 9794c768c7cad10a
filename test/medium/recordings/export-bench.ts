import { ApiUnderTest } from '../api/api-under-test.ts';
import { eventually } from '../api/eventually.ts';
import type { Visitor } from '../api/visitor.ts';
import { AudioConversion } from '../../../backend/src/recordings/export/audio-conversion.ts';
import { ExportManifest } from '../../../backend/src/recordings/export/export-manifest.schema.ts';
import type { ExportState, ExportView } from '../../../backend/src/recordings/export/export.schema.ts';
import { RecordingEntity } from '../../../backend/src/recordings/recording.entity.ts';
import { tones } from './audio.ts';
import { sealingService, spoolCall } from './sealing-bench.ts';
import { unzipped, type ZippedFile } from './unzipped.ts';

export const EXPORTS = '/api/v1/exports';
export const REASON = '開示請求 第12号のため';

/** An API with three sealed recordings, and a clerk who takes exports of them. */
export class ExportBench {
  private constructor(
    readonly api: ApiUnderTest,
    readonly clerk: Visitor,
    readonly recordings: RecordingEntity[],
  ) {}

  static async start(): Promise<ExportBench> {
    const api = await ApiUnderTest.start();
    const bench = new ExportBench(api, await api.administrator(), []);
    for (const pcm of [tones(1000, 440, 1000), tones(2000, 500, 900), tones(500, 600, 800)])
      bench.recordings.push(await bench.seal(pcm));
    return bench;
  }

  async stop(): Promise<void> {
    await this.api.stop();
  }

  async seal(pcm: Buffer | null): Promise<RecordingEntity> {
    const { database, settings } = this.api;
    const callId = await spoolCall(settings.layout, { pcm, lengthMs: 1000 });
    await sealingService(database.dataSource, settings).seal(callId);
    return database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
  }

  recordingAt(index: number): RecordingEntity {
    const row = this.recordings[index];
    if (!row) throw new Error(`there is no recording ${index}`);
    return row;
  }

  /** Conversion as the API does it; `convert` may be replaced for a test. */
  get conversion(): AudioConversion {
    return this.api.http.application.get(AudioConversion, { strict: false });
  }

  convertAsAlways(): void {
    const { conversion } = this;
    conversion.convert = (...asked) => AudioConversion.prototype.convert.apply(conversion, asked);
  }

  async order(more: object = {}, of: readonly RecordingEntity[] = this.recordings): Promise<ExportView> {
    const body = { callIds: of.map(({ callId }) => callId), format: 'original', reason: REASON, ...more };
    const answer = await this.clerk.ask('POST', EXPORTS, { body });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json() as unknown as ExportView;
  }

  async read({ id }: ExportView): Promise<ExportView> {
    return (await this.clerk.ask('GET', `${EXPORTS}/${id}`)).json() as unknown as ExportView;
  }

  async download({ id }: ExportView): Promise<{ status: number; type: string; body: Buffer }> {
    const answer = await this.clerk.open('GET', `${EXPORTS}/${id}/archive`);
    const body = Buffer.concat((await answer.toArray()) as Buffer[]);
    return { status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', body };
  }

  /** Status and error of a download that is refused. */
  async refusal(made: ExportView): Promise<[status: number, errorId: string]> {
    const { status, body } = await this.download(made);
    return [status, (JSON.parse(body.toString()) as { errorId: string }).errorId];
  }

  /** What is in the archive, by name. */
  async filesOf(made: ExportView): Promise<Map<string, ZippedFile>> {
    const { status, body } = await this.download(made);
    if (status !== 200) throw new Error(body.toString());
    return new Map(unzipped(body).map((file) => [file.name, file]));
  }

  async ended(made: ExportView, state: ExportState): Promise<void> {
    await eventually(async () => (await this.read(made)).state === state);
  }

  /** Audit events of an export. */
  async traces(made: ExportView, action: string): Promise<Record<string, unknown>[]> {
    return (await this.api.audited(action)).filter(({ subject }) => subject === made.id);
  }
}

export function contentOf(files: Map<string, ZippedFile>, name: string): Buffer {
  const file = files.get(name);
  if (!file) throw new Error(`no ${name} among ${[...files.keys()].join(', ')}`);
  return file.content;
}

export const manifestOf = (files: Map<string, ZippedFile>): ExportManifest =>
  ExportManifest.parse(JSON.parse(contentOf(files, 'manifest.json').toString()));
