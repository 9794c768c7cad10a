import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller } from '@nestjs/common';
import { Settings } from '../settings.ts';
import { type AskedByAnybody, Route, streamed } from './route.ts';

const CONTENT_TYPE = 'application/x-x509-ca-cert';

@Controller()
export class CaCertificateController {
  constructor(private readonly settings: Settings) {}

  /** Public: it is what a PC must be given before it can trust the log-in page. */
  @Route({
    method: 'get',
    path: '/ca-certificate',
    access: 'public',
    summary: "Certificate of the box's own CA, to be trusted by the office's PCs",
    response: streamed(CONTENT_TYPE, 'PEM'),
  })
  async downloadCaCertificate({ reply }: AskedByAnybody): Promise<void> {
    const certificate = await readFile(join(this.settings.layout.tls, 'ca.crt'));
    reply.set({ 'content-type': CONTENT_TYPE, 'content-disposition': 'attachment; filename="denwaban-ca.crt"' });
    reply.send(certificate);
  }
}
