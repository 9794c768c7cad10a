import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoints } from '../../backend/src/platform/settings.ts';
import { type RunningBox, startBox } from '../box.ts';
import { OfficeApi } from '../town/office-api.ts';
import { officeDocument } from '../town/office.ts';
import { Place } from '../town/place.ts';
import { endpointsOf } from '../town/recorded.ts';

/** A configured box whose carrier and business phone are SIPp: no second Asterisk takes part in what is measured. */
export interface BenchBox {
  box: RunningBox;
  api: OfficeApi;
  endpoints: Endpoints;
  /** Address from which calls come. */
  carrier: string;
  stop(): Promise<void>;
}

const LONGEST_RUN_S = 900;

export async function startBenchBox(): Promise<BenchBox> {
  const place = await Place.claim();
  const box = await startBox();
  let pbx: ChildProcess | undefined;
  const stop = async () => {
    pbx?.kill('SIGKILL');
    await box.stop();
    await place.release();
  };
  try {
    const api = await OfficeApi.firstLogIn(box);
    const { pbx: answering, ...office } = officeDocument({ addresses: place });
    // Whoever answers there knows calls alone.
    await api.configure({ ...office, pbx: answering && { ...answering, probeSeconds: 0 } });
    const limits = ['-timeout', `${LONGEST_RUN_S}s`, '-nostdin'];
    pbx = spawn('sipp', ['-sn', 'uas', '-rtp_echo', '-i', place.pbx, '-mi', place.pbx, '-p', '5060', ...limits], {
      stdio: 'ignore',
      cwd: box.home,
    });
    return { box, api, endpoints: endpointsOf(box.home), carrier: place.carrier, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const secretOf = ({ box }: BenchBox, name: string): string =>
  readFileSync(join(box.home, 'secrets', name), 'utf8').trim();
