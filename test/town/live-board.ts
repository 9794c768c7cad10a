import { type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { LiveCall } from '../../backend/src/calls/call.schema.ts';
import { type RunningBox } from '../box.ts';
import { type OfficeApi } from './office-api.ts';

/** A screen with the live board (`GET /events`), and all that it has been told since it was opened. */
export class LiveBoard {
  private readonly response: IncomingMessage;
  private received = '';

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (chunk: string) => (this.received += chunk));
    response.on('error', () => undefined);
  }

  static open(
    { url, ca }: Pick<RunningBox, 'url' | 'ca'>,
    { session }: Pick<OfficeApi, 'session'>,
  ): Promise<LiveBoard> {
    return new Promise((resolve, reject) => {
      const asking = request(`${url}/api/v1/events`, { ca, agent: false, headers: { cookie: session } }, (response) => {
        if (response.statusCode === 200) resolve(new LiveBoard(response));
        else reject(new Error(`GET /events: ${String(response.statusCode)}`));
      });
      asking.on('error', reject);
      asking.end();
    });
  }

  /** How the call from a number was each time it was told, the last time last. */
  calls(number: string): LiveCall[] {
    return [...this.received.matchAll(/^event: call\ndata: (.*)\n\n/gm)]
      .map(([, data]) => LiveCall.parse(JSON.parse(data ?? '')))
      .filter((call) => call.number === number);
  }

  close(): void {
    this.response.destroy();
  }
}
