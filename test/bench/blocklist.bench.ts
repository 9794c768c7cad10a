import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { z } from 'zod';
import { invite } from '../medium/asterisk/invite.ts';
import { AmiConnection } from '../town/ami-connection.ts';
import { inDatabase } from '../town/box-database.ts';
import { OFFICE } from '../town/office.ts';
import { OfficeApi } from '../town/office-api.ts';
import { eventually } from '../town/waiting.ts';
import { type BenchBox, secretOf } from './bench-box.ts';
import { dialplanDecisions, engineDecisions, toldShortly } from './block-decision.ts';
import { type Figure, spread } from './figures.ts';

const RULES = 100_000;
const CALLS = 200;
const HEADING = '種別,番号,処置,切断理由,窓口,着信番号,理由,備考,開始,終了,見直し日';
/** One rule in ten is of a beginning, in four lengths: a number that no rule catches is looked up once for each. */
const numberOf = (n: number) => `0${80 + (n % 2)}1${String(n).padStart(7, '0')}`;
const FREE = '0312349999';

/** What it takes to import, approve and copy 100,000 rules, and what they cost each call. */
export async function benchBlocklist(bench: BenchBox): Promise<Figure[]> {
  const before = await refusedIn(bench, FREE, '0399999999');
  const empty = await withAmi(bench, (ami) => dialplanDecisions(bench, ami, FREE));
  const csv = Buffer.from([HEADING, ...Array.from({ length: RULES }, (_, n) => rowOf(n))].join('\r\n'));
  const began = performance.now();
  const batch = await upload(bench, csv);
  const importedMs = performance.now() - began;
  const memory = telephonyKb(bench);
  const approvedMs = await approve(bench, batch);
  const copiedMs = await copied(bench);
  const grownKb = telephonyKb(bench) - memory;
  const caught = await refusedIn(bench, numberOf(RULES - 1), OFFICE.citizens);
  const passed = await refusedIn(bench, FREE, '0399999999');
  const full = await withAmi(bench, (ami) => dialplanDecisions(bench, ami, FREE));
  const ruled = Array.from({ length: RULES }, (_, n) => numberOf(n));
  const sqlMs = await plainInsert(bench);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return [
    {
      what: `import of a CSV with ${RULES} rules, from the first byte to all of them stored`,
      measured: `${seconds(importedMs)} (target 10)`,
      baseline: seconds(sqlMs),
      baselineIs: 'as many plain rows inserted by one SQL statement of the same database',
    },
    {
      what: `${RULES} rules approved, and then copied into AstDB`,
      measured: `${seconds(approvedMs)} and ${seconds(copiedMs)}; telephony process ${Math.round(grownKb / 1024)} MiB larger`,
      baseline: seconds(await putAgain(bench)),
      baselineIs: 'as many DBPut one after the other over one connection, reckoned from 5,000',
    },
    {
      what: `refusal of a number among ${RULES} rules, INVITE to final answer, p50 / p95 / p99`,
      measured: spread(caught),
      baseline: `${spread(before)}; with the rules ${spread(passed)}`,
      baselineIs:
        'refusal of a number that is no line, for which no rule is asked, before and after (target: 1 ms more)',
    },
    {
      what: `decision about a number that none of ${RULES} rules catches, 1,000 in one channel of the dialplan, least of 5 runs`,
      measured: `${toldShortly(full.decisions)} (target 1 ms)`,
      baseline: `${toldShortly(empty.decisions)}; the loop alone ${toldShortly(full.loops)}`,
      baselineIs: 'the same with no rules',
    },
    {
      what: 'the same decision by the engine, as the simulator takes it, least of 5 runs of 1,000',
      measured: `${toldShortly(engineDecisions(FREE, ruled))} (target 1 ms)`,
      baseline: toldShortly(engineDecisions(FREE, [])),
      baselineIs: 'the same with no rules',
    },
  ];
}

const rowOf = (n: number): string =>
  n % 10 === 0
    ? `先頭番号,07${String(n).padStart(5 + (Math.floor(n / 10) % 4), '0')},注意表示のみ,,,,測定,,,,2099-03-31`
    : `番号,${numberOf(n)},拒否,,,,測定,,,,2099-03-31`;

/** INVITE to final answer in ms; one call after the other. */
async function refusedIn(bench: BenchBox, from: string, to: string): Promise<number[]> {
  const sip = { host: '127.0.0.1', port: bench.box.sipPort };
  const took: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const { took: ms } = await invited(bench.carrier, sip, to, `<sip:${from}@carrier.example>`);
    took.push(ms);
  }
  return took;
}

async function invited(carrier: string, sip: { host: string; port: number }, to: string, from: string) {
  let took = Number.NaN;
  const began = performance.now();
  const status = await invite(carrier, sip, to, from, [], undefined, () => (took = performance.now() - began));
  if (status === null || status < 400) throw new Error(`the call was answered with ${status}`);
  return { took };
}

async function upload({ box, api }: BenchBox, csv: Buffer): Promise<string> {
  const url = new URL('/api/v1/block-rules/import', box.url);
  const headers = { cookie: api.session, 'content-type': 'application/octet-stream', 'content-length': csv.length };
  const agent = new Agent({ ca: box.ca, keepAlive: false });
  const text = await new Promise<string>((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sending.on('error', reject);
    sending.end(csv);
  });
  const answer = z.object({ batch: z.uuid(), proposed: z.literal(RULES) }).safeParse(JSON.parse(text));
  if (!answer.success) throw new Error(text.slice(0, 2000));
  return answer.data.batch;
}

async function approve(bench: BenchBox, batch: string): Promise<number> {
  await inDatabase(bench.box.home, (client) =>
    client.query(
      `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
       SELECT gen_random_uuid(), 'second', '承認者', password_hash, false, now() FROM users LIMIT 1`,
    ),
  );
  const second = new OfficeApi(bench.box);
  await second.call('POST', '/session', { login: 'second', password: OfficeApi.password });
  const began = performance.now();
  // On a slow machine nobody waits so long for the answer; what was asked for is done all the same.
  await second.call('POST', '/block-rules/approve', { batch }).catch(() => undefined);
  const approved = async () =>
    (
      await inDatabase(bench.box.home, (client) =>
        client.query('SELECT 1 FROM block_rules WHERE approved_at IS NULL LIMIT 1'),
      )
    ).rowCount === 0;
  await eventually('the rules to be approved', approved, { withinMs: 120_000 });
  return performance.now() - began;
}

function telephonyKb({ box }: BenchBox): number {
  const status = readFileSync(`/proc/${box.pids.telephony}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

/** Until the copy is as new as the table. */
async function copied(bench: BenchBox): Promise<number> {
  const began = performance.now();
  const newest = await inDatabase(bench.box.home, async (client) => {
    const { rows } = await client.query<{ max: string }>('SELECT max(revision) FROM block_rules');
    return rows[0]?.max ?? '';
  });
  await withAmi(bench, async (ami) => {
    const kept = async (family: string, key: string) =>
      (await ami.action({ Action: 'DBGet', Family: family, Key: key })).find(({ Val }) => Val !== undefined)?.Val ?? '';
    const done = async () => (await kept(`block-${await kept('blocklist', 'generation')}`, 'revision')) === newest;
    await eventually('the copy to be whole', done, { withinMs: 300_000 });
  });
  return performance.now() - began;
}

const PUTS = 5000;

async function putAgain(bench: BenchBox): Promise<number> {
  return withAmi(bench, async (ami) => {
    const began = performance.now();
    for (let n = 0; n < PUTS; n += 1) {
      await ami.action({ Action: 'DBPut', Family: 'bench', Key: `exact/${n}`, Val: '0/0/refuse/21/x' });
    }
    return ((performance.now() - began) * RULES) / PUTS;
  });
}

async function withAmi<T>(bench: BenchBox, work: (ami: AmiConnection) => Promise<T>): Promise<T> {
  const { amiPort } = bench.endpoints;
  const ami = await AmiConnection.open('127.0.0.1', amiPort, 'denwaban', secretOf(bench, 'ami-password'));
  try {
    return await work(ami);
  } finally {
    ami.close();
  }
}

const plainInsert = (bench: BenchBox): Promise<number> =>
  inDatabase(bench.box.home, async (client) => {
    const began = performance.now();
    await client.query(
      `CREATE TABLE bench_rules AS SELECT gen_random_uuid() AS id, 'exact/' || n AS match_key, '{}'::jsonb AS action
       FROM generate_series(1, ${RULES}) AS n`,
    );
    return performance.now() - began;
  });
