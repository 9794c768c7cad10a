import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { rawAudioPath, type Recorder, RECORDERS } from '../calls/journal.ts';
import { insideRoot } from '../platform/settings.ts';
import type { Registration } from '../trunks/trunk-state.ts';
import { AmiConnection, type AmiItem } from './ami-connection.ts';
import { AmiError, ChannelGoneError } from './asterisk.errors.ts';
import { channelVariable } from './dialplan-names.ts';
import { AsteriskReload } from './asterisk-reload.port.ts';

/** Reading 500 endpoints anew takes a while. */
const RELOAD_TIMEOUT_MS = 15_000;
const LIST_TIMEOUT_MS = 5000;
const KEPT_AT_ONCE = 16;

/** Its translators go with the first frame that finds no recorder; two frames of 20 ms and one to spare. */
const RECORDER_FORGETS_MS = 60;

const RECORDER_VARIABLE: Record<Recorder, string> = { 1: channelVariable.recorder, 2: channelVariable.secondRecorder };

/** The order matters: the dialplan names endpoints. */
const RELOADED_MODULES = ['res_pjsip.so', 'pbx_config.so'];

/** Where an endpoint was last seen. `unqualified` = known, but not probed with OPTIONS. */
export interface EndpointContact {
  endpoint: string;
  status: 'reachable' | 'unreachable' | 'unqualified';
  roundTripMs: number | null;
}

/** What the process asks of AMI: variables of channels, what AstDB keeps, reloading generated configuration, how endpoints are. */
@Injectable()
export class AmiCommands extends AsteriskReload {
  constructor(private readonly connection: AmiConnection) {
    super();
  }

  override async reload(): Promise<void> {
    for (const module of RELOADED_MODULES) await this.connection.action('Reload', { module }, RELOAD_TIMEOUT_MS);
  }

  override async registerAnew(endpoints: readonly string[]): Promise<void> {
    for (const registration of endpoints) await orNone(this.connection.action('PJSIPRegister', { registration }));
  }

  override async endpoints(): Promise<string[]> {
    const items = await this.listOrNone('PJSIPShowEndpoints');
    return items.flatMap((item) => text(item.objectname));
  }

  override async contexts(): Promise<string[]> {
    const items = await this.connection.list('ShowDialPlan', {}, LIST_TIMEOUT_MS);
    return [...new Set(items.flatMap((item) => text(item.context)))];
  }

  /**
   * Sets a channel variable or writes a function such as `TIMEOUT(absolute)`. Not done by ARI: there Asterisk 22.10.1
   * sets it in the channel's own thread with "dangerous" functions inhibited and never lifts that
   * (`app_control_set_channel_var`), after which the dialplan cannot write the call's journal.
   * @throws ChannelGoneError
   */
  async setVariable(channelId: string, variable: string, value: string): Promise<void> {
    await this.onChannel('Setvar', { channel: channelId, variable, value });
  }

  /**
   * Goes on recording a call with recorders that have not heard anybody yet: one that has takes the first minutes of
   * another phone for late frames in half of all cases (`asterisk/etc/modules.conf`, Bridges). Appends to the recording.
   * @param silent how long the new recorders write nothing, whatever becomes of us, in seconds
   * @param whileStopped is done while nothing is recorded
   * @throws ChannelGoneError
   */
  async startRecorderAnew(
    channelId: string,
    callId: string,
    { silent = 0, whileStopped }: { silent?: number; whileStopped?: () => Promise<void> } = {},
  ): Promise<void> {
    const running: Recorder[] = [];
    for (const recorder of RECORDERS) {
      const id = await this.recorderId(channelId, recorder);
      if (id === null) continue;
      await this.onChannel('StopMixMonitor', { channel: channelId, mixmonitorid: id });
      running.push(recorder);
    }
    await Promise.all([delay(RECORDER_FORGETS_MS), whileStopped?.()]);
    const how = silent > 0 ? `Das(${silent})` : 'Da';
    for (const recorder of running) await this.startRecorder(channelId, callId, recorder, how);
  }

  /**
   * As if the phone itself had pressed the keys: codes in conversations are the dialplan's (`asterisk/etc/features.conf`).
   * @throws ChannelGoneError
   */
  async press(channelId: string, keys: string): Promise<void> {
    for (const digit of keys) await this.onChannel('PlayDTMF', { channel: channelId, digit, receive: 'true' });
  }

  /**
   * Sends a channel to another place of the dialplan, out of whatever it is in.
   * @throws ChannelGoneError
   */
  async redirect(channelId: string, context: string, extension: string): Promise<void> {
    await this.onChannel('Redirect', { channel: channelId, context, exten: extension, priority: '1' });
  }

  /** Keeps a value in AstDB, where the dialplan finds it without us. */
  async keep(family: string, key: string, value: string): Promise<void> {
    await this.connection.action('DBPut', { family, key, val: value });
  }

  /** Keeps many values, a few at a time: AstDB takes one after the other, and the way there should not be waited for. */
  async keepAll(family: string, values: ReadonlyMap<string, string>): Promise<void> {
    const waiting = values.entries();
    const keepNext = async () => {
      for (const [key, value] of waiting) await this.keep(family, key, value);
    };
    await Promise.all(Array.from({ length: KEPT_AT_ONCE }, keepNext));
  }

  /** A key that is not there is no failure. */
  async forget(family: string, key: string): Promise<void> {
    await orNone(this.connection.action('DBDel', { family, key }));
  }

  async forgetFamily(family: string): Promise<void> {
    await orNone(this.connection.action('DBDelTree', { family }, LIST_TIMEOUT_MS));
  }

  /** @returns null when AstDB has no such key */
  async keptValue(family: string, key: string): Promise<string | null> {
    const items = await orNone(this.connection.list('DBGet', { family, key }));
    return text(items?.[0]?.val)[0] ?? null;
  }

  /** @returns what AstDB keeps in a family, by key */
  async kept(family: string): Promise<Map<string, string>> {
    const items = await this.listOrNone('DBGetTree', { family });
    return new Map(
      items.flatMap((item) => {
        const [key] = text(item.key);
        const [value] = text(item.val);
        return key === undefined || value === undefined ? [] : [[key.split('/').at(-1) ?? '', value] as const];
      }),
    );
  }

  /**
   * Records a call into a file of its own beside the first recorder, which does not write; in place of an earlier such one,
   * if there is one that does not write either. Appends.
   * @throws ChannelGoneError
   */
  async startSecondRecorder(channelId: string, callId: string): Promise<void> {
    const earlier = await this.recorderId(channelId, 2);
    if (earlier !== null) {
      // It may have ended by itself, because it could not open its file.
      await this.onChannel('StopMixMonitor', { channel: channelId, mixmonitorid: earlier }).catch(unlessGone);
    }
    await this.startRecorder(channelId, callId, 2, 'Da');
  }

  private async startRecorder(channel: string, callId: string, recorder: Recorder, how: string): Promise<void> {
    const file = rawAudioPath(insideRoot.spool, callId, recorder);
    await this.onChannel('MixMonitor', { channel, file, options: `${how}i(${RECORDER_VARIABLE[recorder]})` });
  }

  /** @returns null when it does not run */
  private async recorderId(channel: string, recorder: Recorder): Promise<string | null> {
    const answer = await this.onChannel('Getvar', { channel, variable: RECORDER_VARIABLE[recorder] });
    return text(answer.value)[0] ?? null;
  }

  private async onChannel(action: string, fields: Record<string, string>): Promise<AmiItem> {
    try {
      return await this.connection.action(action, fields);
    } catch (error) {
      if (error instanceof AmiError && /no such channel|channel (?:not found|does not exist)/i.test(error.message))
        throw new ChannelGoneError();
      throw error;
    }
  }

  /**
   * How endpoints can be reached: all that have registered, and the peers that are asked for by name, because the list of
   * contacts leaves out those with a fixed address.
   */
  async contacts(peers: readonly string[]): Promise<EndpointContact[]> {
    const registered = await this.listOrNone('PJSIPShowContacts');
    const details = await Promise.all(peers.map((endpoint) => this.listOrNone('PJSIPShowEndpoint', { endpoint })));
    return [...registered, ...details.flat()].flatMap((item) => contactOf(item) ?? []);
  }

  /** How our registrations at others are. */
  async registrations(): Promise<Registration[]> {
    const items = await this.listOrNone('PJSIPShowRegistrationsOutbound');
    return items.flatMap((item) => {
      const [endpoint] = text(item.objectname);
      const [status] = text(item.status);
      return endpoint === undefined || status === undefined ? [] : [{ endpoint, status }];
    });
  }

  /** Asterisk calls an empty list an error. */
  private async listOrNone(action: string, fields: Record<string, string> = {}): Promise<AmiItem[]> {
    try {
      return await this.connection.list(action, fields, LIST_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof AmiError && /no .* found|unable to retrieve/i.test(error.message)) return [];
      throw error;
    }
  }
}

const orNone = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AmiError && /not found|does not exist|unable to retrieve/i.test(error.message)) return null;
    throw error;
  }
};

const text = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : []);

function contactOf(item: AmiItem): EndpointContact | null {
  const [event] = text(item.event);
  if (event !== 'ContactList' && event !== 'ContactStatusDetail') return null;
  const [endpoint] = [...text(item.endpoint), ...text(item.endpointname)];
  const [status] = text(item.status);
  if (endpoint === undefined || status === undefined) return null;
  const microseconds = Number(text(item.roundtripusec)[0]);
  return {
    endpoint,
    status: STATUS[status.toLowerCase()] ?? 'unqualified',
    roundTripMs: Number.isFinite(microseconds) ? microseconds / 1000 : null,
  };
}

const STATUS: Record<string, EndpointContact['status']> = { reachable: 'reachable', unreachable: 'unreachable' };

function unlessGone(error: unknown): void {
  if (error instanceof ChannelGoneError) throw error;
}
