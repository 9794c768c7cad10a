import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { DataSource } from 'typeorm';
import { CallFiling } from '../../../backend/src/calls/call-filing.service.ts';
import { CallNames } from '../../../backend/src/calls/call-names.ts';
import { CallRepository } from '../../../backend/src/calls/call.repository.ts';
import type { JournalEntry } from '../../../backend/src/calls/journal.schema.ts';
import { Clock } from '../../../backend/src/platform/clock.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { MessageSender } from '../../../backend/src/platform/messages.ts';
import type { Settings } from '../../../backend/src/platform/settings.ts';
import { DiskRecordingStore } from '../../../backend/src/recordings/vault/disk-recording-store.ts';
import { RecordingKeyRepository } from '../../../backend/src/recordings/encryption/recording-key.repository.ts';
import { RecordingKeys } from '../../../backend/src/recordings/encryption/recording-keys.service.ts';
import { AudioEncoders } from '../../../backend/src/recordings/formats/audio-encoders.ts';
import { FlacEncoder } from '../../../backend/src/recordings/formats/flac-encoder.ts';
import { bytesLasting, durationOf } from '../../../backend/src/recordings/sealing/pcm.ts';
import { RecordingClasses } from '../../../backend/src/recordings/recording-classes.ts';
import type { RecordingStore } from '../../../backend/src/recordings/vault/recording-store.ts';
import { RecordingRepository } from '../../../backend/src/recordings/recording.repository.ts';
import { SealingDirectory, SealingService } from '../../../backend/src/recordings/sealing/sealing.service.ts';
import type { RecordingEntity } from '../../../backend/src/recordings/recording.entity.ts';
import { Spool } from '../../../backend/src/recordings/spool/spool.ts';
import { Vault } from '../../../backend/src/recordings/vault/vault.ts';
import { stepped, Steps } from './stepped.ts';

const QUICK = { pollMs: 5, quietMs: 20, patienceMs: 100, giveUpMs: 1000 };

export interface SealingParts {
  steps?: Steps;
  store?: RecordingStore;
  flac?: string;
}

export const diskStore = ({ layout }: Settings): RecordingStore =>
  new DiskRecordingStore(layout.vault, layout.vaultIdentity);

const NO_FAULT = new Steps(0, 'before', () => undefined);

export const recordingKeys = (dataSource: DataSource, settings: Settings, steps = NO_FAULT): RecordingKeys =>
  new RecordingKeys(settings.masterKeyPlaces, stepped('keys', new RecordingKeyRepository(dataSource), steps));

/** The audio of a recording as the vault gives it out, all of it verified. */
export async function unsealed(dataSource: DataSource, settings: Settings, row: RecordingEntity): Promise<Buffer> {
  const vault = new Vault(diskStore(settings), recordingKeys(dataSource, settings));
  const audio = await vault.open(row.id, row.path ?? '');
  const chunks: Buffer[] = [];
  for await (const chunk of audio.range(0, audio.plaintextBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The sealing service as the worker puts it together, with each thing it does outside itself counted as a step. */
export function sealingService(dataSource: DataSource, settings: Settings, parts: SealingParts = {}): SealingService {
  const { layout, endpoints } = settings;
  const steps = parts.steps ?? new Steps(0, 'before', () => undefined);
  const disk = stepped('disk', { ...nodeFiles }, steps);
  const messages = new MessageSender(dataSource);
  const filing = new CallFiling(settings, new CallNames(settings), new CallRepository(dataSource), messages);
  const flac = parts.flac === undefined ? {} : { flac: new FlacEncoder(parts.flac) };
  const store = parts.store ?? new DiskRecordingStore(layout.vault, layout.vaultIdentity, disk);
  return new SealingService(
    stepped('spool', new Spool(layout.spool, QUICK, disk), steps),
    stepped('filing', filing, steps),
    stepped('encoder', new AudioEncoders(endpoints.toolsDir, flac), steps),
    new RecordingClasses(settings, new Logger('test')),
    stepped('vault', new Vault(store, recordingKeys(dataSource, settings, steps)), steps),
    stepped('rows', new RecordingRepository(dataSource, new Clock()), steps),
    stepped('messages', messages, steps),
    new SealingDirectory(join(layout.run, 'sealing')),
  );
}

export interface SpooledCall {
  callId: string;
  /** Null: Asterisk never made the file. */
  pcm: Buffer | null;
  /** What the journal says after `begin` and `recorder`, at milliseconds after the beginning. */
  events?: [number, Record<string, string>][];
  recorder?: boolean;
  /** Marks of the recorder's clock: kind, milliseconds after the beginning, milliseconds of audio. */
  clock?: ['open' | 'at' | 'close', number, number][];
  /** What a second recorder has left. */
  second?: Pick<SpooledCall, 'clock'> & { pcm: Buffer };
  /** From the recorder to the end; as long as the audio when not given. */
  lengthMs?: number;
  /** Null: the call goes on. */
  endedBy?: 'caller' | 'lost' | null;
}

/** Leaves in the spool what Asterisk and the dialplan leave of a call that ended just now. */
export async function spoolCall({ spool }: Settings['layout'], call: Omit<SpooledCall, 'callId'>): Promise<string> {
  const callId = randomUUID();
  const lengthMs = call.lengthMs ?? durationOf(call.pcm?.length ?? 0);
  const beganMs = Date.now() - lengthMs;
  const at = (ms: number) => ((beganMs + ms) / 1000).toFixed(3);
  const lines: unknown[] = [
    {
      ...{ e: 'begin', at: at(0), direction: 'incoming', trunk: 'carrier', line: 'main', dialled: '0312345678' },
      ...{ number: '0398765432', presentation: 'shown', channel: 'PJSIP/carrier-1' },
    },
    ...(call.recorder === false ? [] : [{ e: 'recorder', at: at(0) }]),
    ...(call.events ?? []).map(([ms, event]) => ({ ...event, at: at(ms) })),
  ];
  const endedBy = call.endedBy === undefined ? 'caller' : call.endedBy;
  if (endedBy !== null) lines.push({ e: 'end', at: at(lengthMs), cause: '16', by: endedBy } satisfies JournalEntry);
  const leave = async (name: string, { pcm, clock = [] }: Pick<SpooledCall, 'pcm' | 'clock'>) => {
    if (pcm) await writeFile(join(spool, `${name}.raw`), pcm);
    const marks = clock.map(([kind, ms, audioMs]) => `${kind} ${beganMs + ms} ${1000 + ms} ${bytesLasting(audioMs)}\n`);
    if (clock.length > 0) await writeFile(join(spool, `${name}.clock`), marks.join(''));
  };
  await leave(callId, call);
  if (call.second) await leave(`${callId}.2`, call.second);
  await appendFile(join(spool, `${callId}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return callId;
}

/** Every file below a directory, as paths relative to it; the vault's own marker left out. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name !== '.denwaban-vault')
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}
