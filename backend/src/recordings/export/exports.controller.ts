import { pipeline } from 'node:stream/promises';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { AddressedCursor } from '../../calls/call-cursor.ts';
import { type Asked, Route, type RouteInput, streamed } from '../../platform/http/route.ts';
import { ExportDownloads } from './export-downloads.service.ts';
import { ExportOrder, ExportPage, ExportView, PassphraseAgain } from './export.schema.ts';
import { Exports } from './exports.service.ts';

const params = z.object({ id: z.uuid() });
/** Longer than any browser waits for its user; a reader that is gone without a word must not keep its place. */
const IDLE_MS = 120_000;

const LIST = {
  method: 'get',
  path: '/exports',
  access: 'recordings.export',
  summary: 'Exports of recordings, newest first',
  query: z.object({ cursor: AddressedCursor.optional() }),
  response: ExportPage,
} as const;

const ARCHIVE = {
  method: 'get',
  path: '/exports/:id/archive',
  access: 'recordings.export',
  summary:
    'The archive of an export, made while it is sent: recordings, 一覧.csv, manifest.json. Can be asked for again when it ' +
    'broke off; only by who created it. Encrypted ones are a `.zip.age`, and need the passphrase before',
  params,
  response: streamed('application/zip', 'a ZIP, or an age file of one'),
} as const;

@Controller()
export class ExportsController {
  constructor(
    private readonly exports: Exports,
    private readonly downloads: ExportDownloads,
  ) {}

  @Route({
    method: 'post',
    path: '/exports',
    access: 'recordings.export',
    summary: 'Fix a list of calls whose recordings are to be downloaded as one archive, and say why',
    body: ExportOrder,
    response: ExportView,
  })
  createExport({ body, who: { userId }, remoteAddress }: Asked & { body: ExportOrder }): Promise<ExportView> {
    return this.exports.create(body, { userId, remoteAddress });
  }

  @Route(LIST)
  listExports({ query: { cursor }, who }: RouteInput<typeof LIST>): Promise<ExportPage> {
    return this.exports.list(cursor, who.userId);
  }

  @Route({
    method: 'get',
    path: '/exports/:id',
    access: 'recordings.export',
    summary: 'An export, and how far its download is',
    params,
    response: ExportView,
  })
  readExport({ params: { id }, who }: Asked & { params: { id: string } }): Promise<ExportView> {
    return this.exports.read(id, who.userId);
  }

  @Route({
    method: 'put',
    path: '/exports/:id/passphrase',
    access: 'recordings.export',
    summary: 'The passphrase for the next download of an encrypted export; held in memory for a quarter of an hour',
    params,
    body: PassphraseAgain,
    response: null,
  })
  async holdExportPassphrase({
    params: { id },
    body: { passphrase },
    who,
  }: Asked & { params: { id: string }; body: PassphraseAgain }): Promise<void> {
    await this.downloads.hold(id, passphrase, who.userId);
  }

  @Route({
    method: 'put',
    path: '/exports/:id/place',
    access: 'recordings.export',
    summary:
      'Keeps one of the two places for downloads for 20 s, or says why the archive could not be downloaded now. To be asked ' +
      'before a browser is sent to the archive, which could not tell',
    params,
    response: null,
  })
  async reserveExportPlace({ params: { id }, who }: Asked & { params: { id: string } }): Promise<void> {
    await this.downloads.reserve(id, who.userId);
  }

  @Route(ARCHIVE)
  async downloadExport({ params: { id }, who, request, reply, remoteAddress }: RouteInput<typeof ARCHIVE>) {
    const wanted = await this.downloads.find(id, who.userId);
    const head = {
      'Content-Type': wanted.contentType,
      'Content-Disposition': `attachment; filename="${wanted.fileName}"`,
      'Accept-Ranges': 'none',
    };
    if (request.method === 'HEAD') {
      reply.set(head).end();
      return;
    }
    const { content, finish } = await this.downloads.open(wanted, { userId: who.userId, remoteAddress });
    reply.set(head);
    reply.setTimeout(IDLE_MS, () => reply.destroy());
    // What fails from here on cuts the connection, which is how the reader knows.
    const failure = await pipeline(content, reply).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    await finish(failure);
  }
}
