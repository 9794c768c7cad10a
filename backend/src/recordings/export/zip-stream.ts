import { PassThrough, type Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file of an archive, read once, when its turn has come. */
export interface ArchiveEntry {
  /** Path in the archive, `/` between the parts; stored as UTF-8. */
  name: string;
  modifiedAt: Date;
  content: AsyncIterable<Uint8Array>;
  /** Worth it for text; audio does not get smaller. */
  compress?: boolean;
}

/** A plain file, `-rw-r--r--`. */
const MODE = 0o100644;

/**
 * One ZIP of any number of files, none of them held whole: an entry is asked for when the one before has been read, and
 * content as fast as the reader takes it. Large archives become ZIP64 (APPNOTE 4.5.3) by themselves.
 * The reader has to consume or destroy it; destroying it returns from `entries` and from the content that is being read.
 * Where `entries` or a content throws, the archive fails with that error and is never complete.
 */
export function zipStream(entries: AsyncIterable<ArchiveEntry>): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  feed(zip, output, entries).catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return output;
}

async function feed(zip: ZipFile, output: Readable, entries: AsyncIterable<ArchiveEntry>): Promise<void> {
  for await (const { name, modifiedAt, content, compress = false } of entries) {
    // yazl keeps the stream of each entry until the archive ends; this one keeps nothing of what went through it.
    const source = new PassThrough();
    const stop = () => source.destroy();
    output.once('close', stop);
    try {
      if (output.destroyed) return;
      zip.addReadStream(source, name, { mtime: modifiedAt, mode: MODE, compress });
      await passed(content, source).catch((error: unknown) => {
        if (!output.destroyed) throw error;
      });
    } finally {
      output.off('close', stop);
      stop();
    }
  }
  if (!output.destroyed) zip.end();
}

/** All of `content` has been written into `through` and read out of it. */
async function passed(content: AsyncIterable<Uint8Array>, through: PassThrough): Promise<void> {
  await pipeline(content, through);
  await finished(through);
}
