import { Controller } from '@nestjs/common';
import { Route, type RouteInput, streamed } from '../../platform/http/route.ts';
import { ADD_CHECKPOINT, SIZE_CONTENT_TYPE } from './witness-request.ts';
import { MalformedSubmissionError } from './witness.errors.ts';
import { WitnessService } from './witness.service.ts';

/** 63 hashes and a note with many signatures fit well within. */
const MOST_BYTES = 32 * 1024;

const ADD = {
  method: 'post',
  path: `/witness/${ADD_CHECKPOINT}`,
  access: 'public',
  summary: 'For the logs of other boxes: cosign a checkpoint (c2sp.org/tlog-witness). Its signature is the credential',
  response: streamed('text/plain', 'signature lines; 409 with the size of the checkpoint that was cosigned last'),
} as const;

@Controller()
export class WitnessController {
  constructor(private readonly witness: WitnessService) {}

  @Route(ADD)
  async addCheckpoint({ request, reply }: RouteInput<typeof ADD>): Promise<void> {
    const answer = await this.witness.addCheckpoint(await textOf(request));
    if (answer.kind === 'cosigned') {
      reply.set('Content-Type', 'text/plain; charset=utf-8').end(answer.lines);
      return;
    }
    reply.status(409).set('Content-Type', SIZE_CONTENT_TYPE).end(`${answer.size}\n`);
  }
}

async function textOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new MalformedSubmissionError(`more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
