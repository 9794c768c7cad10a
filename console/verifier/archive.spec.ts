import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import yazl from 'yazl';
import { readArchive, UnreadableArchiveError } from './archive.ts';

const TEXT = '操作記録ログの証明\n'.repeat(200);
const AUDIO = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919) % 251));

/** Signatures of APPNOTE.TXT 4.3.12 and 4.3.16. */
const ENTRY = Buffer.from('504b0102', 'hex');
const END = Buffer.from('504b0506', 'hex');

interface Kind {
  big?: boolean;
  comment?: string;
}

function archiveOf(files: Record<string, Buffer | string>, { big = false, comment = '' }: Kind = {}): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) {
    const options = { compress: typeof content === 'string', forceZip64Format: big };
    zip.addBuffer(Buffer.from(content), name, options);
  }
  zip.end({ forceZip64Format: big, comment });
  return buffer(zip.outputStream);
}

const blobOf = (bytes: Buffer) => new Blob([Uint8Array.from(bytes)]);
const read = (bytes: Buffer) => readArchive(blobOf(bytes));

async function contents(bytes: Buffer): Promise<Record<string, Buffer>> {
  const parts = await read(bytes);
  const opened = parts.map(async ({ name, open }) => [name, await new Response(await open()).arrayBuffer()] as const);
  return Object.fromEntries((await Promise.all(opened)).map(([name, content]) => [name, Buffer.from(content)]));
}

/** The archive with a field of the list's first entry, or of what `signature` begins, changed. */
function changed(bytes: Buffer, signature: Buffer, field: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16LE(value, copy.lastIndexOf(signature) + field);
  return copy;
}

describe('an archive', () => {
  it.each([
    ['an ordinary one', {}],
    ['one with numbers of 64 bits', { big: true }],
    ['one with a comment', { comment: 'made by a box' }],
  ])('gives back what was put in, in its order: %s', async (_, kind) => {
    const archive = await archiveOf({ '読み方.txt': TEXT, '録音.flac': AUDIO }, kind);
    const parts = await read(archive);
    expect(parts.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['読み方.txt', Buffer.byteLength(TEXT)],
      ['録音.flac', AUDIO.length],
    ]);
    expect(await contents(archive)).toEqual({ '読み方.txt': Buffer.from(TEXT), '録音.flac': AUDIO });
  });

  it('may be opened again and again, each file by itself', async () => {
    const [part] = await read(await archiveOf({ 'a.txt': TEXT }));
    for (let time = 0; time < 2; time++) {
      expect(await new Response(await part?.open()).text()).toBe(TEXT);
    }
  });

  it('has no folders among its files', async () => {
    const zip = new yazl.ZipFile();
    zip.addEmptyDirectory('録音');
    zip.addBuffer(AUDIO, '録音/1.flac');
    zip.end();
    const archive = await buffer(zip.outputStream);
    expect((await read(archive)).map(({ name }) => name)).toEqual(['録音/1.flac']);
  });

  it('is read by its own end, not by one that stands in a file of it', async () => {
    const inner = await archiveOf({ 'forged.txt': 'forged' });
    expect(Object.keys(await contents(await archiveOf({ 'inner.zip': inner })))).toEqual(['inner.zip']);
  });

  it('is refused when two of its files have the same name: nobody knows which one counts', async () => {
    const archive = await archiveOf({ 'a.txt': 'right', 'b.txt': 'wrong' });
    const twice = Buffer.from(archive.toString('latin1').replaceAll('b.txt', 'a.txt'), 'latin1');
    await expect(read(twice)).rejects.toThrow('two files have the same name');
  });

  it.each([0, 1, 21, 100])('is refused when cut off after %d bytes', async (length) => {
    const archive = await archiveOf({ 'a.txt': TEXT });
    await expect(read(archive.subarray(0, length))).rejects.toThrow(UnreadableArchiveError);
  });

  it('is refused at every place it may be cut off at', async () => {
    const archive = await archiveOf({ 'a.txt': 'short', 'b.txt': 'text' }, { big: true });
    for (let length = 0; length < archive.length; length++) {
      await expect(read(archive.subarray(0, length))).rejects.toThrow(UnreadableArchiveError);
    }
  });

  it('is refused when its list says more than there is', async () => {
    const archive = await archiveOf({ 'a.txt': TEXT });
    await expect(read(changed(archive, END, 10, 2))).rejects.toThrow(UnreadableArchiveError);
    await expect(read(changed(archive, END, 12, 0xfff0))).rejects.toThrow(UnreadableArchiveError);
    await expect(read(changed(archive, ENTRY, 28, 0xfff0))).rejects.toThrow(UnreadableArchiveError);
  });

  it.each([
    ['is encrypted', 8, 1],
    ['is compressed by method 12', 10, 12],
  ])('names a file that %s', async (problem, field, value) => {
    const [part] = await read(changed(await archiveOf({ 'a.txt': TEXT }), ENTRY, field, value));
    await expect(part?.open()).rejects.toThrow(`a.txt ${problem}`);
  });

  it('does not take for a file what is none', async () => {
    const archive = await archiveOf({ 'a.txt': TEXT });
    archive.writeUInt8(0, 0);
    const [part] = await read(archive);
    await expect(part?.open()).rejects.toThrow(UnreadableArchiveError);
  });

  it('breaks off at compressed text that is damaged', async () => {
    const archive = await archiveOf({ 'a.txt': TEXT });
    archive.fill(0xff, 40, 60);
    const [part] = await read(archive);
    await expect((async () => new Response(await part?.open()).text())()).rejects.toThrow();
  });

  it('reads no more of a great one than its list and what is opened', async () => {
    const archive = blobOf(await archiveOf({ 'great.flac': Buffer.alloc(4_000_000), 'a.txt': 'small' }));
    const asked: number[] = [];
    const counted = {
      size: archive.size,
      slice: (start: number, end: number) => {
        asked.push(end - start);
        return archive.slice(start, end);
      },
    };
    const parts = await readArchive(counted as unknown as Blob);
    expect(await new Response(await parts[1]?.open()).text()).toBe('small');
    expect(asked.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(70_000);
  });
});
