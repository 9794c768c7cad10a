import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
const COMPRESSIBLE = /^(text\/|application\/|image\/svg)/;
/** The build puts a hash of the content into the name: `main-3DT44LXN.js`, `chunk-Cl-AUqwA.js`. */
const HASHED = /-(?=[\w-]*[A-Z0-9])[\w-]{8}\.(?:js|css|woff2)$/;

export type Encoding = 'br' | 'gzip' | 'identity';

export interface ConsoleFile {
  /** Path of the URL, e.g. `/en/index.html`. */
  path: string;
  contentType: string;
  /** The name tells the content, so it may be kept for ever. */
  immutable: boolean;
  etag: string;
  content: Buffer;
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** @returns the best encoding that both sides know, RFC 9110 12.5.3 without weights other than 0 */
export function chooseEncoding(acceptEncoding: string | undefined, contentType: string): Encoding {
  if (!COMPRESSIBLE.test(contentType)) return 'identity';
  const accepted = (acceptEncoding ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]);
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding)) ?? 'identity';
}

/**
 * The built console, held in memory (a few MB): nothing of the file system can be reached by a path. Read again when it
 * has been built again.
 */
export class ConsoleFiles {
  private builtAt = 0;
  private files = new Map<string, ConsoleFile>();
  private readonly compressed = new Map<string, Promise<Buffer>>();

  constructor(private readonly directory: string) {}

  /** @returns the file of a path, else the page of its language; null when the console is not built */
  async find(path: string): Promise<ConsoleFile | null> {
    await this.refresh();
    const exact = this.files.get(path);
    if (exact) return exact;
    // A missing script must not be answered with a page.
    if (extname(path) !== '') return null;
    const page = path === '/en' || path.startsWith('/en/') ? '/en/index.html' : '/index.html';
    return this.files.get(page) ?? null;
  }

  async isBuilt(): Promise<boolean> {
    await this.refresh();
    return this.files.has('/index.html');
  }

  encoded(file: ConsoleFile, encoding: Exclude<Encoding, 'identity'>): Promise<Buffer> {
    const key = `${encoding} ${file.path}`;
    const done = this.compressed.get(key) ?? compress(file.content, encoding);
    this.compressed.set(key, done);
    return done;
  }

  private async refresh(): Promise<void> {
    const builtAt = await stat(join(this.directory, 'index.html')).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    if (builtAt === this.builtAt) return;
    const files = builtAt === 0 ? [] : await readAll(this.directory);
    this.files = new Map(files.map((file) => [file.path, file]));
    this.compressed.clear();
    this.builtAt = builtAt;
  }
}

async function readAll(directory: string): Promise<ConsoleFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map((path) => readOne(directory, path)));
}

async function readOne(directory: string, path: string): Promise<ConsoleFile> {
  const content = await readFile(path);
  return {
    path: `/${relative(directory, path).split(sep).join('/')}`,
    contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    immutable: HASHED.test(path),
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    content,
  };
}

/** Brotli at 9 takes a tenth of the time of 11 for a few per cent more bytes. */
const compress = (content: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> =>
  encoding === 'br'
    ? brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
    : gzipped(content, { level: 9 });
