import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoints } from '../../backend/src/platform/settings.ts';
import { type RunningBox, startBox } from '../box.ts';
import { freeNetwork } from '../town/network.ts';
import { OfficeApi } from '../town/office-api.ts';
import { officeDocument } from '../town/office.ts';
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
  const network = await freeNetwork();
  const addresses = { carrier: `${network}.1`, pbx: `${network}.2`, gateway: `${network}.3` };
  const box = await startBox();
  let pbx: ChildProcess | undefined;
  const stop = async () => {
    pbx?.kill('SIGKILL');
    await box.stop();
  };
  try {
    const api = await OfficeApi.firstLogIn(box);
    await api.configure(officeDocument({ addresses }));
    const limits = ['-timeout', `${LONGEST_RUN_S}s`, '-nostdin'];
    pbx = spawn(
      'sipp',
      ['-sn', 'uas', '-rtp_echo', '-i', addresses.pbx, '-mi', addresses.pbx, '-p', '5060', ...limits],
      {
        stdio: 'ignore',
        cwd: box.home,
      },
    );
    return { box, api, endpoints: endpointsOf(box.home), carrier: addresses.carrier, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const secretOf = ({ box }: BenchBox, name: string): string =>
  readFileSync(join(box.home, 'secrets', name), 'utf8').trim();
