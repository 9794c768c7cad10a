import { mkdtempSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { brotliDecompressSync } from 'node:zlib';
import { Controller, Get, Global, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { Logger } from '../logging.ts';
import { Settings } from '../settings.ts';
import { startHttpApplication } from './application.ts';
import { ConsoleFiles } from './console-files.ts';
import { HttpModule } from './http.module.ts';
import { Doorkeeper } from './who.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

describe('the box on the network', () => {
  it('speaks TLS 1.2 and newer only, with a certificate of its own CA', async () => {
    const protocolWith = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((resolve, reject) => {
        const options = { ca: api.ca, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
        const socket = connectTls({ host: '127.0.0.1', port: api.port, ...options }, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.once('error', reject);
      });
    expect(await protocolWith('TLSv1.3')).toBe('TLSv1.3');
    expect(await protocolWith('TLSv1.2')).toBe('TLSv1.2');
    await expect(protocolWith('TLSv1.1')).rejects.toThrow();
  });

  it('hands its CA to anybody', async () => {
    const answer = await api.visitor().ask('GET', '/api/v1/ca-certificate');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="denwaban-ca.crt"');
    expect(answer.text).toBe(api.ca.toString());
  });

  it('serves the description that is kept in the repository', async () => {
    const kept = JSON.parse(readFileSync('backend/openapi.json', 'utf8')) as object;
    expect((await api.visitor().ask('GET', '/api/v1/openapi.json')).json()).toEqual(kept);
  });

  it('says which port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await eventually(() => taken.listening);
    const { port } = taken.address() as AddressInfo;
    @Module({})
    class Nothing {}
    const settings = new Settings({ ...api.settings.operator, DENWABAN_HTTPS_PORT: port });
    const starting = startHttpApplication({ module: Nothing }, settings, new Logger('api', 'silent'));
    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    taken.close();
  });

  it('does not start with a route that declares no permission', async () => {
    @Controller()
    class Forgetful {
      @Get('/secrets')
      secrets(): string {
        return 'secret';
      }
    }
    @Module({ providers: [{ provide: Doorkeeper, useValue: {} }], exports: [Doorkeeper] })
    class Doorkeepers {}
    @Global()
    @Module({ providers: [{ provide: Logger, useValue: new Logger('api', 'silent') }], exports: [Logger] })
    class Forgotten {}
    const door = HttpModule.forProcess({ doorkeepers: Doorkeepers, document: {}, checkAnswers: true });
    const module = { module: Forgotten, controllers: [Forgetful], imports: [door] };
    const starting = startHttpApplication(module, api.settings, new Logger('api', 'silent'));
    await expect(starting).rejects.toThrow('Forgetful.secrets');
  });

  it('stops within two seconds, open streams included', async () => {
    const other = await ApiUnderTest.start();
    const watcher = await (await other.administrator()).open('GET', '/api/v1/events');
    watcher.resume().on('error', () => undefined);
    const start = performance.now();
    await other.stop();
    expect(performance.now() - start).toBeLessThan(2500);
    expect(watcher.closed || watcher.readableEnded).toBe(true);
  });
});

describe('the console', () => {
  const directory = mkdtempSync(join(tmpdir(), 'denwaban-console-'));
  const files = new ConsoleFiles(directory);
  const pathOf = async (path: string) => (await files.find(path))?.path ?? null;
  const build = (text: string) => {
    mkdirSync(join(directory, 'en'), { recursive: true });
    for (const page of ['index.html', 'en/index.html']) writeFileSync(join(directory, page), `<p>${page} ${text}</p>`);
    writeFileSync(join(directory, 'main-ABCD1234.js'), 'x'.repeat(5000));
    writeFileSync(join(directory, 'chunk-Cl-AUqwA.js'), 'x');
    writeFileSync(join(directory, 'favicon.svg'), '<svg/>');
  };
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is not there before it is built', async () => {
    expect(await files.isBuilt()).toBe(false);
    expect(await pathOf('/')).toBeNull();
  });

  it('answers every page with the page of its language, and no missing file with a page', async () => {
    build('one');
    expect(await pathOf('/')).toBe('/index.html');
    expect(await pathOf('/calls/1234')).toBe('/index.html');
    expect(await pathOf('/en')).toBe('/en/index.html');
    expect(await pathOf('/en/calls')).toBe('/en/index.html');
    expect(await pathOf('/energy')).toBe('/index.html');
    expect(await pathOf('/main-ABCD1234.js')).toBe('/main-ABCD1234.js');
    expect(await pathOf('/main-GONE5678.js')).toBeNull();
  });

  it('lets nothing outside be reached', async () => {
    writeFileSync(join(directory, '..', 'denwaban-outside.txt'), 'secret');
    for (const path of [
      '/../denwaban-outside.txt',
      '/%2e%2e/denwaban-outside.txt',
      '//etc/passwd.txt',
      '/en/../../denwaban-outside.txt',
    ]) {
      expect(await pathOf(path)).toBeNull();
    }
    rmSync(join(directory, '..', 'denwaban-outside.txt'));
  });

  it('keeps only what its name tells for ever, and is smaller on the wire', async () => {
    const script = await files.find('/main-ABCD1234.js');
    const immutable = async (path: string) => (await files.find(path))?.immutable;
    expect([await immutable('/main-ABCD1234.js'), await immutable('/chunk-Cl-AUqwA.js')]).toEqual([true, true]);
    expect([await immutable('/favicon.svg'), await immutable('/')]).toEqual([false, false]);
    if (!script) throw new Error('no script');
    const compressed = await files.encoded(script, 'br');
    expect(compressed.length).toBeLessThan(100);
    expect(brotliDecompressSync(compressed).equals(script.content)).toBe(true);
  });

  it('is read again when it is built again', async () => {
    build('two');
    utimesSync(join(directory, 'index.html'), new Date(), new Date(Date.now() + 5000));
    expect((await files.find('/'))?.content.toString()).toContain('two');
  });
});
