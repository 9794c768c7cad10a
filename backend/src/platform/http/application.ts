import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { DynamicModule } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Logger } from '../logging.ts';
import { project } from '../project.ts';
import { Settings } from '../settings.ts';
import { serveConsole } from './console-server.ts';
import { correlate } from './correlation.ts';
import { API_PREFIX } from './openapi.ts';
import { refuseCrossOrigin } from './same-origin.ts';
import { neverStored, secureHeaders } from './security-headers.ts';

const BODY_LIMIT = '1mb';
/** The one large document there is, to be stored or tried out. */
const CONFIGURATION_BODY_LIMIT = '5mb';
const CONFIGURATION_PATHS = new Set([`${API_PREFIX}/configuration`, `${API_PREFIX}/routing/simulate`]);
const HEADER_BYTES = 16 * 1024;
const HEADER_COUNT = 100;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;
const MOST_CONNECTIONS = 2000;
/** How long answers under way may take when the process stops. */
const STOP_GRACE_MS = 1500;

const isJson = (request: IncomingMessage) => /^application\/json\b/i.test(request.headers['content-type'] ?? '');
const isForConfiguration = ({ url = '' }: IncomingMessage) => CONFIGURATION_PATHS.has(url.split('?', 1)[0] ?? '');

function addMiddleware(application: NestExpressApplication): void {
  application.disable('x-powered-by');
  application.disable('etag');
  application.set('query parser', 'simple');
  application.use(correlate, secureHeaders);
  application.use('/api', neverStored, refuseCrossOrigin);
  application.useBodyParser('json', {
    limit: CONFIGURATION_BODY_LIMIT,
    type: (request) => isJson(request) && isForConfiguration(request),
  });
  application.useBodyParser('json', { limit: BODY_LIMIT, type: isJson });
  application.use(serveConsole(join(project.root, 'console', 'dist')));
  application.setGlobalPrefix(API_PREFIX);
}

function limit(server: Server): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxHeadersCount = HEADER_COUNT;
  server.maxConnections = MOST_CONNECTIONS;
}

export interface HttpApplication {
  application: NestExpressApplication;
  /** Answers under way get a moment, then every connection is closed. */
  close(): Promise<void>;
}

/**
 * Brings a module with routes up on HTTPS at the operator's address and port, with the certificate of the home.
 * @throws when the port is taken or the certificate missing
 */
export async function startHttpApplication(
  module: DynamicModule,
  settings: Settings,
  logger: Logger,
): Promise<HttpApplication> {
  const { tls } = settings.layout;
  const application = await NestFactory.create<NestExpressApplication>(module, new ExpressAdapter(), {
    logger,
    bodyParser: false,
    abortOnError: false,
    httpsOptions: {
      key: readFileSync(join(tls, 'server.key')),
      cert: readFileSync(join(tls, 'server.crt')),
      minVersion: 'TLSv1.2',
      maxHeaderSize: HEADER_BYTES,
    } as object,
  });
  addMiddleware(application);
  const server = application.getHttpServer() as Server;
  limit(server);
  await application.listen(settings.operator.DENWABAN_HTTPS_PORT, settings.operator.DENWABAN_BIND);
  return {
    application,
    close: async () => {
      const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
      await application.close();
      clearTimeout(timer);
    },
  };
}
