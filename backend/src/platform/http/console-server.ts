import type { NextFunction, Request, Response } from 'express';
import { chooseEncoding, type ConsoleFile, ConsoleFiles } from './console-files.ts';
import { nonceOf } from './security-headers.ts';

/** Put into the page by the console's build; see `console/src/index.html`. */
const NONCE_PLACEHOLDER = '%CSP_NONCE%';

const NOT_BUILT = `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>電話番</title></head><body>
<h1>画面の準備ができていません</h1>
<p>通話と録音は動いています。画面を準備するには、<code>npm start</code> で起動し直してください。</p>
<p lang="en">The console has not been built. Calls and recordings go on; start the box with <code>npm start</code> to build it.</p>
</body></html>
`;

/** Answers every path outside the API with the console. */
export function serveConsole(directory: string) {
  const files = new ConsoleFiles(directory);
  return (request: Request, response: Response, next: NextFunction): void => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || request.path === '/api' || request.path.startsWith('/api/')) {
      next();
      return;
    }
    answer(files, request, response, next).catch(next);
  };
}

async function answer(files: ConsoleFiles, request: Request, response: Response, next: NextFunction): Promise<void> {
  const file = await files.find(request.path);
  if (file) return send(files, file, request, response);
  if (await files.isBuilt()) {
    next();
    return;
  }
  response.status(503).type('html').set('cache-control', 'no-store').send(NOT_BUILT);
}

async function send(files: ConsoleFiles, file: ConsoleFile, request: Request, response: Response): Promise<void> {
  const { contentType, immutable, etag, content } = file;
  response.set('content-type', contentType);
  if (contentType.startsWith('text/html')) {
    // Every answer has its own nonce: nothing to revalidate.
    response.set('cache-control', 'no-cache').end(content.toString().replaceAll(NONCE_PLACEHOLDER, nonceOf(response)));
    return;
  }
  response.set({ etag, vary: 'accept-encoding' });
  response.set('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === etag) {
    response.status(304).end();
    return;
  }
  const encoding = chooseEncoding(request.headers['accept-encoding'], contentType);
  if (encoding !== 'identity') response.set('content-encoding', encoding);
  response.end(encoding === 'identity' ? content : await files.encoded(file, encoding));
}
