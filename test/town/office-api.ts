import { Agent, request as httpsRequest } from 'node:https';
import { type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { CallDetail, CallPage, type CallSummary } from '../../backend/src/calls/call.schema.ts';
import {
  type ConfigurationDocument,
  ConfigurationVersion,
} from '../../backend/src/configuration/configuration.schema.ts';
import { HealthDetails } from '../../backend/src/health/health.schema.ts';
import { RecordingDetail } from '../../backend/src/recordings/recording.schema.ts';
import { type RunningBox } from '../box.ts';
import { eventually } from './waiting.ts';

export interface ApiAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

export class ApiRefused extends Error {
  readonly status: number;
  readonly errorId: string;

  constructor(request: string, { status, body }: ApiAnswer) {
    const text = body.toString('utf8');
    super(`${request}: ${status} ${text}`);
    this.status = status;
    this.errorId = z.object({ errorId: z.string() }).catch({ errorId: '' }).parse(jsonOrNothing(text)).errorId;
  }
}

/** What an administrator does in the console, over the same REST API. */
export class OfficeApi {
  static readonly password = 'a password of the office itself';
  private readonly box: Pick<RunningBox, 'url' | 'ca'>;
  private readonly agent: Agent;
  private cookie = '';

  constructor(box: Pick<RunningBox, 'url' | 'ca'>) {
    this.box = box;
    this.agent = new Agent({ ca: box.ca, keepAlive: false });
  }

  /** Logs in with the one-time password and changes it, as the first administrator must. */
  static async firstLogIn(box: RunningBox): Promise<OfficeApi> {
    const api = new OfficeApi(box);
    // A box takes calls, and says that it is up, before its database answers.
    await eventually('the console to let people in', async () => {
      await api.logIn(box.adminPassword);
      return true;
    });
    const change = { currentPassword: box.adminPassword, newPassword: OfficeApi.password };
    await api.call('PUT', '/session/password', change);
    return api;
  }

  async logIn(password = OfficeApi.password): Promise<void> {
    await this.call('POST', '/session', { login: 'admin', password });
  }

  /** The cookie, for what is too large to be held in memory as `call` does. */
  get session(): string {
    return this.cookie;
  }

  /** Puts a configuration into force; comes back when Asterisk has taken it over. */
  async configure(document: ConfigurationDocument): Promise<void> {
    const version = await this.json(ConfigurationVersion, 'PUT', '/configuration', document);
    if (version.applied === true) return;
    await eventually('the configuration to be in force', async () => {
      const newest = await this.json(ConfigurationVersion, 'GET', '/configuration');
      if (newest.appliedError !== null) throw new Error(newest.appliedError);
      return newest.applied === true;
    });
  }

  async searchCalls(search: Record<string, unknown> = {}): Promise<CallSummary[]> {
    return (await this.json(CallPage, 'POST', '/calls/search', search)).calls;
  }

  /** The newest call that fits, once it does. */
  async callWhere(
    what: string,
    search: Record<string, unknown>,
    fits: (call: CallSummary) => boolean,
    withinMs = 15_000,
  ): Promise<CallSummary> {
    return await eventually(what, async () => (await this.searchCalls(search)).find(fits), { withinMs });
  }

  /** The newest call from a number, once its recording is playable or known to be missing. */
  async filedCall(number: string, withinMs = 15_000): Promise<CallSummary> {
    const isFiled = ({ state, recording }: CallSummary) =>
      state === 'ended' && (recording?.state === 'sealed' || recording?.state === 'none');
    return await this.callWhere(`the call from ${number} to be filed`, { number }, isFiled, withinMs);
  }

  async callDetail(id: string): Promise<CallDetail> {
    return await this.json(CallDetail, 'GET', `/calls/${id}`);
  }

  async recording(id: string): Promise<RecordingDetail> {
    return await this.json(RecordingDetail, 'GET', `/recordings/${id}`);
  }

  async audio(id: string, range?: string): Promise<ApiAnswer> {
    return await this.call('GET', `/recordings/${id}/audio`, undefined, range === undefined ? {} : { range });
  }

  async healthDetails(): Promise<HealthDetails> {
    return await this.json(HealthDetails, 'GET', '/health/details');
  }

  async json<T>(schema: z.ZodType<T>, method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body);
    return schema.parse(JSON.parse(answer.body.toString('utf8')));
  }

  /** @param body a file as bytes, anything else as JSON @throws ApiRefused for every status from 400 on */
  async call(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const answer = await this.send(method, path, body, headers);
    if (answer.status >= 400) throw new ApiRefused(`${method} ${path}`, answer);
    const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0];
    if (cookie !== undefined) this.cookie = cookie;
    return answer;
  }

  private send(method: Method, path: string, body: unknown, headers: Record<string, string>): Promise<ApiAnswer> {
    const url = `${this.box.url}/api/v1${path}`;
    const isFile = body instanceof Uint8Array;
    const content = body === undefined || isFile ? body : JSON.stringify(body);
    const type = isFile ? 'application/octet-stream' : 'application/json';
    const all = {
      ...(this.cookie === '' ? {} : { cookie: this.cookie }),
      ...(content === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(content)) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(url, { method, agent: this.agent, headers: all, timeout: 15_000 }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer`)));
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
