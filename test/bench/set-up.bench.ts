import { AmiConnection } from '../town/ami-connection.ts';
import { OFFICE } from '../town/office.ts';
import { runSipp } from '../town/sipp.ts';
import { type BenchBox, secretOf } from './bench-box.ts';
import { type Figure, percentile, spread } from './figures.ts';

/** Of each kind, in turns, so that whatever else the machine does falls on both. */
const ROUNDS = 3;
const SECONDS_PER_ROUND = 8;
const CLAIMED = '0900000111';
const PLAIN = '0900000222';

/**
 * INVITE to 200, as the carrier sees it, of a call to a line without a notice whose phone answers at once. Claimed: a
 * telephony process decides. Plain: the generated dialplan does; a global variable keeps the dialplan from offering
 * the call to anybody. Recording, journal, ringing and answer are the same.
 */
export async function benchSetUp(bench: BenchBox): Promise<Figure[]> {
  const ami = await AmiConnection.open(
    '127.0.0.1',
    bench.endpoints.amiPort,
    'denwaban',
    secretOf(bench, 'ami-password'),
  );
  const offerNobody = async (value: '1' | '') =>
    await ami.action({ Action: 'Setvar', Variable: 'DENWABAN_FALLBACK', Value: value });
  try {
    // The first calls after a start are not like the others.
    await place(bench, CLAIMED, 5, 3);
    const figures: Figure[] = [];
    for (const perSecond of [1, 10]) figures.push(await compare(bench, perSecond, offerNobody));
    return figures;
  } finally {
    await offerNobody('').catch(() => undefined);
    ami.close();
  }
}

async function compare(
  bench: BenchBox,
  perSecond: number,
  offerNobody: (value: '1' | '') => Promise<unknown>,
): Promise<Figure> {
  const claimed: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await offerNobody('');
    claimed.push(...(await place(bench, CLAIMED, perSecond)));
    await offerNobody('1');
    plain.push(...(await place(bench, PLAIN, perSecond)));
  }
  const added = percentile(claimed, 0.95) - percentile(plain, 0.95);
  return {
    what: `set-up of a call, INVITE to 200, p50 / p95 / p99, ${perSecond} calls/s`,
    measured: `${spread(claimed)}, claimed by the telephony process (${await share(bench, CLAIMED, 'backend')})`,
    baseline: `${spread(plain)}, generated dialplan alone (${await share(bench, PLAIN, null)})`,
    baselineIs: `the same calls, in turns, offered to no process; added at p95: ${added.toFixed(1)} ms (target 15, SIPp tells in steps of 4)`,
  };
}

async function place(bench: BenchBox, caller: string, perSecond: number, seconds = SECONDS_PER_ROUND) {
  const { box, carrier } = bench;
  const address = { host: '127.0.0.1', port: box.sipPort };
  const calls = perSecond * seconds;
  const run = { scenario: 'short-call', box: address, from: carrier, to: OFFICE.library, caller } as const;
  return (await runSipp({ ...run, calls, perSecond })).answerMs;
}

/** Whether the calls went the way they were meant to; null = no process was asked. */
async function share({ api }: BenchBox, number: string, handledBy: 'backend' | null): Promise<string> {
  const calls = await api.searchCalls({ number, limit: 200 });
  const meant = calls.filter((call) => call.handledBy === handledBy && call.outcome === 'answered');
  return `${meant.length} of the last ${calls.length} answered that way`;
}
