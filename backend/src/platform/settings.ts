import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseHeadroomSteps } from '../headroom/headroom.ts';

const portRange = z
  .string()
  .regex(/^\d+-\d+$/, 'expected FIRST-LAST, e.g. 10000-10999')
  .transform((text) => text.split('-').map(Number) as [number, number])
  .refine(([first, last]) => first >= 1024 && last <= 65535 && last - first >= 19, {
    message: 'expected FIRST-LAST between 1024 and 65535 with at least 20 ports',
  });

const headroomSteps = z.string().superRefine((text, context) => {
  try {
    parseHeadroomSteps(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

const port = z.coerce.number().int().min(1).max(65535);

const file = z.string().transform((path) => resolve(path));

const BUCKET = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?<prefix>(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)\/?$/;
/** Without TLS anybody on the network could read the key's signatures and put other bytes in: only on this machine. */
const S3_ENDPOINT = /^(https:\/\/[\w.-]+|http:\/\/(127(\.\d{1,3}){3}|localhost))(:\d{1,5})?\/?$/;

const OperatorEnvironment = z.object({
  DENWABAN_HOME: z
    .string()
    .min(1)
    .default('./.denwaban')
    .transform((path) => resolve(path)),
  DENWABAN_BIND: z.ipv4().default('127.0.0.1'),
  DENWABAN_HTTPS_PORT: port.default(8443),
  DENWABAN_SIP_BIND: z.ipv4().default('127.0.0.1'),
  DENWABAN_SIP_PORT: port.default(5060),
  DENWABAN_SIPS_PORT: port.optional(),
  DENWABAN_SIP_RPORT: z.enum(['yes', 'no'], 'expected yes or no').default('yes'),
  DENWABAN_RTP_PORTS: portRange.default([10000, 10999]),
  DENWABAN_ADMIN_PASSWORD: z.string().min(12, 'expected at least 12 characters').max(200).optional(),
  DENWABAN_POSTGRES_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database')
    .optional(),
  DENWABAN_HEADROOM_STEPS: headroomSteps.default('14d,3d,24h'),
  DENWABAN_TSA_URL: z
    .string()
    .regex(/^https?:\/\/[^@\s]+$/, 'expected http(s)://host/path, without a password')
    .optional(),
  DENWABAN_TSA_CA: file.optional(),
  DENWABAN_WITNESSES: file.optional(),
  DENWABAN_WITNESSED_LOGS: file.optional(),
  DENWABAN_VAULT: z
    .string()
    .refine((place) => place.startsWith('/') || BUCKET.test(place), 'expected a directory (/...) or s3://bucket/prefix')
    .optional(),
  DENWABAN_S3_ENDPOINT: z
    .string()
    .regex(S3_ENDPOINT, 'expected https://host:port without a path (http:// only for 127.0.0.1)')
    .optional(),
  DENWABAN_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'expected a region, e.g. us-east-1')
    .default('us-east-1'),
  DENWABAN_S3_CA: z.string().startsWith('/', 'expected the path of a PEM file').optional(),
});

/** Everything an operator may set. The README's table documents the same names. */
export const OperatorSettings = OperatorEnvironment.refine(
  ({ DENWABAN_TSA_URL, DENWABAN_TSA_CA }) => (DENWABAN_TSA_URL === undefined) === (DENWABAN_TSA_CA === undefined),
  { path: ['DENWABAN_TSA_CA'], message: 'DENWABAN_TSA_URL and DENWABAN_TSA_CA are set together or not at all' },
);
export type OperatorSettings = z.infer<typeof OperatorSettings>;

/** Written by the starter into `run/endpoints.json` before any process starts: what it chose for this run. */
export const Endpoints = z.object({
  /** Asterisk's HTTP server (ARI) and AMI, both on 127.0.0.1. */
  ariPort: port,
  amiPort: port,
  /** Directory of the Postgres socket; null when the database is external. */
  postgresSocketDir: z.string().nullable(),
  /** Directory of command shims for the tools of the runtime root (`flac`, `sox`, `espeak-ng` ...). */
  toolsDir: z.string(),
  /** Resolved package versions of the runtime root. */
  versions: z.record(z.string(), z.string()),
});
export type Endpoints = z.infer<typeof Endpoints>;

export class SettingsError extends Error {
  readonly problems: { setting: string; message: string }[];

  constructor(problems: { setting: string; message: string }[]) {
    super(problems.map(({ setting, message }) => `${setting}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * Validates the operator's environment.
 * @throws SettingsError naming every wrong setting and what was expected.
 */
export function readOperatorSettings(environment: Record<string, string | undefined>): OperatorSettings {
  const known = new Set(Object.keys(OperatorSettings.shape));
  const unknown = Object.keys(environment).filter((key) => key.startsWith('DENWABAN_') && !known.has(key));
  const present = Object.fromEntries(
    Object.entries(environment).filter(([key, value]) => known.has(key) && value !== undefined && value !== ''),
  );
  const result = OperatorSettings.safeParse(present);
  const problems = unknown.map((setting) => ({ setting, message: 'unknown setting' }));
  if (!result.success) {
    problems.push(...result.error.issues.map((issue) => ({ setting: issue.path.join('.'), message: issue.message })));
  }
  if (result.data?.DENWABAN_VAULT?.startsWith('s3:') && !result.data.DENWABAN_S3_ENDPOINT) {
    problems.push({ setting: 'DENWABAN_S3_ENDPOINT', message: 'expected with a vault in object storage' });
  }
  if (problems.length > 0 || !result.success) throw new SettingsError(problems);
  return result.data;
}

/** Where sealed recordings live. */
export type VaultPlace =
  | { kind: 'disk'; directory: string }
  | { kind: 's3'; endpoint: string; region: string; bucket: string; prefix: string; caFile: string | null };

/**
 * @param directory the vault's place in the home, for who has not chosen another
 * @returns a prefix is empty or ends in `/`
 */
export function vaultPlaceOf(operator: OperatorSettings, directory: string): VaultPlace {
  const { bucket, prefix = '' } = BUCKET.exec(operator.DENWABAN_VAULT ?? '')?.groups ?? {};
  if (bucket === undefined) return { kind: 'disk', directory: operator.DENWABAN_VAULT ?? directory };
  return {
    ...{ kind: 's3', endpoint: operator.DENWABAN_S3_ENDPOINT ?? '', region: operator.DENWABAN_S3_REGION, bucket },
    ...{ prefix: prefix === '' ? '' : `${prefix.slice(1)}/`, caFile: operator.DENWABAN_S3_CA ?? null },
  };
}

/**
 * Where things stand below `DENWABAN_HOME`. Asterisk sees `spool` and `asterisk` below `/denwaban` inside the runtime
 * root: see `insideRoot`.
 */
export function homeLayout(home: string) {
  const at = (...parts: string[]) => resolve(home, ...parts);
  return {
    postgresData: at('postgres'),
    asteriskEtc: at('asterisk', 'etc'),
    /** Rendered from the configuration document by the telephony process; included by the files above it. */
    asteriskGenerated: at('asterisk', 'etc', 'generated'),
    /** Shipped ones by the starter, own ones (UUIDs) by the telephony process. */
    asteriskPrompts: at('asterisk', 'prompts'),
    /** Notices recorded by phone, by Asterisk, until the worker has taken them. */
    asteriskRecorded: at('asterisk', 'recorded'),
    /** HTS voices for Open JTalk that an office put there. */
    voices: at('voices'),
    asteriskLib: at('asterisk', 'lib'),
    asteriskLog: at('asterisk', 'log'),
    asteriskRun: at('asterisk', 'run'),
    spool: at('spool'),
    vault: at('vault'),
    /** Which disk the vault is; beside the vault, because the vault may be a mount. */
    vaultIdentity: at('vault.id'),
    tls: at('tls'),
    secrets: at('secrets'),
    run: at('run'),
    logs: at('logs'),
    /** The audit log's side outside the database: its verifier key and every checkpoint, to be kept elsewhere too. */
    log: at('log'),
    /** Room taken beforehand, for when there is no other. */
    reserve: at('reserve'),
    lastGoodConfiguration: at('configuration.json'),
  };
}
export type HomeLayout = ReturnType<typeof homeLayout>;

/** The same places as Asterisk sees them. Fixed, so that generated configuration does not depend on the home. */
export const insideRoot = {
  spool: '/denwaban/spool',
  prompts: '/denwaban/asterisk/prompts',
  recorded: '/denwaban/asterisk/recorded',
  etc: '/denwaban/asterisk/etc',
} as const;

export class Settings {
  readonly layout: HomeLayout;
  readonly endpoints: Endpoints;
  readonly operator: OperatorSettings;
  /** Where the master key of the vault may be, and other keys that systemd may hand over. */
  readonly masterKeyPlaces: { credentialsDirectory: string | undefined; secretsDir: string };
  readonly vaultPlace: VaultPlace;

  /** @param credentialsDirectory as systemd hands credentials over (systemd.exec, "Credentials") */
  constructor(operator: OperatorSettings, credentialsDirectory = process.env.CREDENTIALS_DIRECTORY) {
    this.operator = operator;
    this.layout = homeLayout(operator.DENWABAN_HOME);
    this.endpoints = Endpoints.parse(JSON.parse(readFileSync(resolve(this.layout.run, 'endpoints.json'), 'utf8')));
    this.vaultPlace = vaultPlaceOf(operator, this.layout.vault);
    this.masterKeyPlaces = { credentialsDirectory, secretsDir: this.layout.secrets };
  }

  /** @param name one of `postgres-password`, `ari-password`, `ami-password` */
  secret(name: 'postgres-password' | 'ari-password' | 'ami-password'): string {
    return readFileSync(resolve(this.layout.secrets, name), 'utf8').trim();
  }
}
