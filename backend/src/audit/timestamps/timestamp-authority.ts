import { join } from 'node:path';
import { post } from '../../platform/outbound.ts';
import { type Settings } from '../../platform/settings.ts';
import { TimestampRefusedError, TimestampTool } from './timestamp-tool.ts';

const TIMEOUT_MS = 10_000;
/** A token with its chain of certificates takes some kilobytes. */
const MOST_BYTES = 64 * 1024;

/** 時刻認証局: a time stamping authority that the operator has named. */
export class TimestampAuthority {
  constructor(
    private readonly url: string,
    private readonly caFile: string,
    private readonly tool: TimestampTool,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /**
   * Has a text stamped (RFC 3161, 3.4).
   * @returns the TimeStampResp, verified
   * @throws OutboundFailedError, TimestampRefusedError
   */
  async stamp(text: string): Promise<Buffer> {
    const query = await this.tool.query(text);
    const answer = await post(this.url, {
      ...{ contentType: 'application/timestamp-query', body: query },
      ...{ timeoutMs: this.timeoutMs, mostBytes: MOST_BYTES },
    });
    if (answer.status !== 200 || answer.contentType !== 'application/timestamp-reply') {
      throw new TimestampRefusedError(`the authority answered ${answer.status} ${answer.contentType}`);
    }
    await this.tool.verifyAnswer(answer.body, query, this.caFile);
    return answer.body;
  }

  /** @throws TimestampRefusedError when `answer` does not prove that `text` was there */
  verify(answer: Buffer, text: string): Promise<void> {
    return this.tool.verify(answer, text, this.caFile);
  }
}

/** @returns null when the operator has named none */
export function timestampAuthority({ operator, endpoints }: Settings): TimestampAuthority | null {
  const { DENWABAN_TSA_URL: url, DENWABAN_TSA_CA: caFile } = operator;
  if (url === undefined || caFile === undefined) return null;
  return new TimestampAuthority(url, caFile, new TimestampTool(join(endpoints.toolsDir, 'openssl')));
}
