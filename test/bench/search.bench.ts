import pg from 'pg';
import { type BenchBox, secretOf } from './bench-box.ts';
import { type Figure, spread } from './figures.ts';

const CALLS = 100_000;
const REQUESTS = 40;

/** A year of calls, one every five minutes, from ten thousand numbers. */
const FILL = `
  INSERT INTO calls (id, direction, number, presentation, trunk_id, line_id, line_name, dialled, state, outcome,
                     started_at, ended_at, handled_by, recorder, journal_lines, journal)
  SELECT gen_random_uuid(), 'incoming', '080' || lpad((n * 7919 % 10000 * 997)::text, 8, '0'), 'shown', 'hikari',
         'library', '図書館直通', '0312340003', 'ended', CASE n % 4 WHEN 0 THEN 'abandoned' ELSE 'answered' END,
         now() - n * interval '5 minutes', now() - n * interval '5 minutes' + interval '2 minutes',
         'backend', 'stopped', 1, '[]'::jsonb
  FROM generate_series(1, ${CALLS}) AS n`;

const SEARCHES: Record<string, () => Record<string, unknown>> = {
  'the newest': () => ({}),
  'a part of a number': () => ({ number: String(1000 + Math.floor(Math.random() * 9000)) }),
  'a number nobody has': () => ({ number: '099999999' }),
  'a month and an outcome': () => ({ from: daysAgo(200), to: daysAgo(170), outcome: 'abandoned' }),
};

export async function benchSearch(bench: BenchBox): Promise<Figure[]> {
  await fill(bench);
  const figures: Figure[] = [];
  for (const [what, search] of Object.entries(SEARCHES)) {
    const measured: number[] = [];
    const baseline: number[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      measured.push(await timed(async () => await bench.api.searchCalls(search())));
      baseline.push(await timed(async () => await bench.api.call('GET', '/session')));
    }
    figures.push({
      what: `search of ${CALLS} calls by ${what}, over HTTPS, p50 / p95 / p99`,
      measured: `${spread(measured)} (target 50 at p95 for 10,000,000)`,
      baseline: spread(baseline),
      baselineIs: 'asking who is logged in: the same connection, session check and framework, no search',
    });
  }
  return figures;
}

async function fill(bench: BenchBox): Promise<void> {
  const { postgresSocketDir } = bench.endpoints;
  if (postgresSocketDir === null) throw new Error('the benchmark needs the embedded database');
  const login = { user: 'denwaban', database: 'denwaban', password: secretOf(bench, 'postgres-password') };
  const client = new pg.Client({ host: postgresSocketDir, port: 5432, ...login });
  await client.connect();
  try {
    await client.query(FILL);
    await client.query('ANALYZE calls');
  } finally {
    await client.end();
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
