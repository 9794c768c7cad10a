import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { Endpoints } from '../../backend/src/platform/settings.ts';
import { runForBytes } from '../../provisioning/run-command.ts';
import { type StereoSound } from './listen.ts';
import { type Scene } from './scene.ts';
import { stereoFrom } from './sound-file.ts';

export const endpointsOf = (home: string): Endpoints =>
  Endpoints.parse(JSON.parse(readFileSync(join(home, 'run', 'endpoints.json'), 'utf8')));

/** Decodes FLAC with the runtime root's own tool. */
export async function decodeFlac(toolsDir: string, flac: Buffer): Promise<StereoSound> {
  const format = ['--force-raw-format', '--endian=little', '--sign=signed'];
  const args = ['--decode', '--stdout', '--silent', ...format, '-'];
  return stereoFrom(await runForBytes(join(toolsDir, 'flac'), args, { input: flac }));
}

/** The recording of a call as it comes out of the API: left = the outside party, right = our side. */
export async function recordingOf({ api, box }: Pick<Scene, 'api' | 'box'>, call: CallSummary): Promise<StereoSound> {
  if (!call.recording) throw new Error('the call has no recording');
  const { body } = await api.audio(call.recording.id);
  return await decodeFlac(endpointsOf(box.home).toolsDir, body);
}

/** How to reach the database of a box with the tools of Postgres. */
export function postgresOf(home: string): { environment: Record<string, string>; args: string[] } {
  const { postgresSocketDir } = endpointsOf(home);
  if (postgresSocketDir === null) throw new Error('the box has no database of its own');
  const password = readFileSync(join(home, 'secrets', 'postgres-password'), 'utf8').trim();
  return { environment: { PGPASSWORD: password }, args: ['-h', postgresSocketDir, '-U', 'denwaban', 'denwaban'] };
}
