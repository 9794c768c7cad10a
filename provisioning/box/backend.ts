import { resolve } from 'node:path';
import { z } from 'zod';
import { type HomeLayout, type OperatorSettings } from '../../backend/src/platform/settings.ts';
import { project } from '../project.ts';
import { type ProcessPlan } from '../supervision/supervised-process.ts';

export const BACKEND_PROCESSES = ['telephony', 'api', 'worker'] as const;
export type BackendProcess = (typeof BACKEND_PROCESSES)[number];

/** What our processes say over IPC; the other end is `backend/src/platform/process.ts`. */
const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('first-login'), login: z.string(), password: z.string() }),
]);
export type Report = z.infer<typeof Report>;

/** Their own limit is 5 s; this one is for a process that does not even get to count. */
const STOP_TIMEOUT_MS = 5500;

/** Sealing and searching must never take the processor from a call. */
const NICENESS: Record<BackendProcess, number> = { telephony: 0, api: 5, worker: 10 };

export function backendPlan(
  name: BackendProcess,
  settings: OperatorSettings,
  layout: HomeLayout,
  onReport: (report: Report) => void,
): ProcessPlan {
  return {
    name,
    command: () => ({
      file: process.execPath,
      args: ['--enable-source-maps', resolve(project.backendMain, `${name}.js`)],
    }),
    env: backendEnvironment(settings),
    niceness: NICENESS[name],
    reports: (message) => {
      const report = Report.safeParse(message);
      if (report.success) onReport(report.data);
    },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    logFile: resolve(layout.logs, `${name}.log`),
  };
}

/** The operator's settings with an absolute home, and nothing else of the starter's surroundings but path and credentials. */
function backendEnvironment(settings: OperatorSettings): Record<string, string | undefined> {
  const { DENWABAN_RTP_PORTS, ...rest } = settings;
  const values = Object.entries(rest).map(([key, value]) => [key, String(value)]);
  return {
    PATH: process.env.PATH,
    CREDENTIALS_DIRECTORY: process.env.CREDENTIALS_DIRECTORY,
    TZ: 'UTC',
    NODE_ENV: 'production',
    ...(Object.fromEntries(values) as Record<string, string>),
    DENWABAN_RTP_PORTS: DENWABAN_RTP_PORTS.join('-'),
  };
}
