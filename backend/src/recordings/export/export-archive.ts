import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { RecordingEntity } from '../recording.entity.ts';
import { extensionOf, isAsSealed } from './audio-conversion.ts';
import { CallList } from './call-list.ts';
import { ExportManifest, type ManifestRecording, type NotExported } from './export-manifest.schema.ts';
import type { ExportSource } from './export-source.ts';
import type { ExportItem, ExportProgress, MadeExport } from './export.repository.ts';
import { fileNameOf } from './file-name.ts';
import type { ArchiveEntry } from './zip-stream.ts';

const LINES_AT_ONCE = 100;

type Looked = Awaited<ReturnType<ExportSource['exportable']>>;

interface FileFacts {
  name: string;
  sizeBytes: number;
  sha256: string;
}

/** Content that is measured while it is read. */
class Measured {
  sizeBytes = 0;
  private readonly hash = createHash('sha256');

  constructor(private readonly content: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.content) {
      this.hash.update(chunk);
      this.sizeBytes += chunk.length;
      yield chunk;
    }
  }

  facts(name: string): FileFacts {
    return { name, sizeBytes: this.sizeBytes, sha256: this.hash.digest('hex') };
  }
}

/** The files of one download of an export, and how far it is. */
export class ArchiveContent {
  readonly progress: ExportProgress = { done: 0, withoutAudio: 0, missing: 0, sizeBytes: 0 };
  private readonly names = new Set<string>();
  private readonly list: CallList;
  /** About a kilobyte a call, which is all that grows. */
  private readonly rows: Buffer[] = [];
  private readonly told: ManifestRecording[] = [];
  private readonly files: FileFacts[] = [];

  constructor(
    private readonly of: MadeExport,
    private readonly source: ExportSource,
  ) {
    this.list = new CallList(of.made.listEncoding);
  }

  /** The recordings in the order of the list, then what is known about them only afterwards. */
  async *entries(): AsyncGenerator<ArchiveEntry> {
    const look = (item: ExportItem) => this.source.exportable(item);
    for await (const [item, found] of oneAhead(this.items(), look)) yield* this.recording(item, found);
    yield* this.described('一覧.csv', [this.list.heading(), ...this.rows]);
    const note = this.list.note();
    if (note) yield* this.described('一覧_注意.txt', [note]);
    yield* this.described('manifest.schema.json', [
      Buffer.from(`${JSON.stringify(z.toJSONSchema(ExportManifest), null, 2)}\n`),
    ]);
    yield this.text('manifest.json', this.manifest());
  }

  private async *items(): AsyncGenerator<ExportItem> {
    const { id, calls } = this.of.made;
    for (let after = 0; after < calls; after += LINES_AT_ONCE) yield* await this.source.items(id, after, LINES_AT_ONCE);
  }

  private *recording(item: ExportItem, found: Looked): Generator<ArchiveEntry> {
    // The call is there when its recording is: rows go by reference.
    if (typeof found === 'string' || !item.call) {
      this.tell(item, { notExported: typeof found === 'string' ? found : 'deleted' });
      return;
    }
    const { format, side } = this.of.made;
    const { recording, sealed } = found;
    const name = fileNameOf(item.call, recording.id, extensionOf(sealed.format, format), this.names);
    const content = new Measured(this.counted(this.source.audio(found, format, side)));
    const broken: NotExported[] = [];
    yield {
      name,
      modifiedAt: recording.startedAt,
      // What is in the archive already cannot be taken out again; it ends there and the manifest says so.
      content: caught(content, async (error) => {
        const reason = await this.source.explain(item, error);
        if (reason !== null) broken.push(reason);
        return reason !== null;
      }),
    };
    if (broken[0]) this.tell(item, { notExported: broken[0], incompleteFile: name });
    else this.tell(item, { file: content.facts(name), asSealed: isAsSealed(sealed.format, format, side) });
  }

  private async *counted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.progress.sizeBytes += chunk.length;
      yield chunk;
      // Everything else that the process serves has its turn between two chunks.
      await setImmediate();
    }
  }

  private tell(item: ExportItem, outcome: Partial<ManifestRecording>): void {
    const told = manifestRecording(item, outcome);
    this.told.push(told);
    this.rows.push(this.list.row(item.call, told));
    this.progress.done++;
    if (isSilentByRule(told)) this.progress.withoutAudio++;
    else if (told.notExported !== null) this.progress.missing++;
  }

  private *described(name: string, lines: Buffer[]): Generator<ArchiveEntry> {
    const content = new Measured(inTurn(lines));
    yield this.text(name, content);
    this.files.push(content.facts(name));
  }

  private text(name: string, content: AsyncIterable<Uint8Array>): ArchiveEntry {
    return { name, modifiedAt: this.of.made.createdAt, content, compress: true };
  }

  /** As one JSON document, a recording a line: written as it goes, because it can be long. */
  private async *manifest(): AsyncGenerator<Buffer> {
    const { made, creatorName } = this.of;
    const { id, createdAt, reason, format, side, listEncoding } = made;
    const { done: calls, withoutAudio, missing } = this.progress;
    const about = {
      id,
      createdAt: createdAt.toISOString(),
      createdBy: creatorName,
      reason,
      format,
      side,
      listEncoding,
    };
    const counts = { calls, exported: calls - withoutAudio - missing, withoutAudio, missing };
    const end = { files: this.files, counts };
    const head = `{"kind":"denwaban-export","version":1,"export":${JSON.stringify(about)},"recordings":[`;
    yield Buffer.from(head);
    for (const [index, recording] of this.told.entries()) {
      if (index % LINES_AT_ONCE === 0) await setImmediate();
      yield Buffer.from(`${index === 0 ? '' : ','}\n${JSON.stringify(recording)}`);
    }
    yield Buffer.from(`\n],${JSON.stringify(end).slice(1)}\n`);
  }
}

/** Nothing is missing where nothing was to be recorded. */
const isSilentByRule = ({ notExported, completenessReason }: ManifestRecording): boolean =>
  notExported === 'no-recording' && (completenessReason === 'refused' || completenessReason === 'not-recorded');

function manifestRecording(item: ExportItem, outcome: Partial<ManifestRecording>): ManifestRecording {
  const { position, callId, recordingId, call, recording } = item;
  const iso = (at: Date | null | undefined) => at?.toISOString() ?? null;
  return {
    ...{ position, callId, recordingId: recording?.id ?? recordingId },
    ...{ file: null, incompleteFile: null, notExported: null, asSealed: false },
    sealed: sealedOf(recording),
    ...{ callStartedAt: iso(call?.startedAt), callEndedAt: iso(call?.endedAt) },
    recordingStartedAt: iso(recording?.startedAt),
    durationMs: recording?.durationMs ?? null,
    completeness: recording?.completeness ?? null,
    completenessReason: recording?.reason ?? null,
    missingMs: recording?.missingMs ?? null,
    gaps: recording?.gaps ?? [],
    ...outcome,
  };
}

function sealedOf(recording: RecordingEntity | null): ManifestRecording['sealed'] {
  if (!recording) return null;
  const { format, sizeBytes, sha256, sealedAt } = recording;
  if (format === null || sizeBytes === null || sha256 === null) return null;
  return { format, sizeBytes, sha256, sealedAt: sealedAt?.toISOString() ?? null };
}

/** Content that ends where it fails, if the failure is one to go on after. */
async function* caught(
  content: AsyncIterable<Uint8Array>,
  goesOn: (error: unknown) => Promise<boolean>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    if (!(await goesOn(error))) throw error;
  }
}

/**
 * Each item with what was found of it; the next one is being looked at while this one is dealt with. What fails is thrown at
 * its turn.
 */
async function* oneAhead<T, R>(items: AsyncIterable<T>, look: (item: T) => Promise<R>): AsyncGenerator<[T, R]> {
  let ahead: { item: T; found: Promise<R> } | null = null;
  for await (const item of items) {
    const found = look(item);
    found.catch(() => undefined);
    if (ahead) yield [ahead.item, await ahead.found];
    ahead = { item, found };
  }
  if (ahead) yield [ahead.item, await ahead.found];
}

async function* inTurn(buffers: Buffer[]): AsyncGenerator<Buffer> {
  for (const [index, buffer] of buffers.entries()) {
    if (index % LINES_AT_ONCE === 0) await setImmediate();
    yield buffer;
  }
}
