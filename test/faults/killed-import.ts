import { BlockRulesImported } from '../../backend/src/blocklist/block-rule.schema.ts';
import { inDatabase } from '../town/box-database.ts';
import { type Scene } from '../town/scene.ts';
import { eventually } from '../town/waiting.ts';

export const FILE_ROWS = 3000;
const HEADING = '種別,番号,処置,理由,見直し日';
const rowOf = (n: number) => `番号,0901${String(n).padStart(7, '0')},拒否,迷惑電話,2099-03-31`;
const FILE = Buffer.from([HEADING, ...Array.from({ length: FILE_ROWS }, (_, n) => rowOf(n))].join('\r\n'));

/** Whoever has the turn among those that change block rules, and waits for leave to write the trace of it. */
const AT_THE_TRACE = `SELECT 1 FROM pg_locks waiting JOIN pg_locks turn USING (pid)
  WHERE NOT waiting.granted AND waiting.relation = 'audit_events'::regclass AND turn.locktype = 'advisory'`;

/** Sends a file of block rules, and kills a process of the box when all but the last step of the import is done. */
export async function killedInImport({ box, api }: Scene, victim: 'api' | 'postgres'): Promise<void> {
  const before = box.pids[victim];
  await inDatabase(box.home, async (client) => {
    await client.query('BEGIN');
    await client.query('LOCK TABLE audit_events IN SHARE ROW EXCLUSIVE MODE');
    const importing = api.call('POST', '/block-rules/import', FILE).catch((error: unknown) => error);
    await eventually('the import to come to its last step', async () => {
      const { rowCount } = await client.query(AT_THE_TRACE);
      return rowCount === 1;
    });
    box.kill(victim);
    await importing;
  });
  await box.restarted(victim, before);
}

export const rulesIn = ({ box }: Scene): Promise<number> =>
  inDatabase(box.home, async (client) => {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM block_rules');
    return Number(rows[0]?.count);
  });

/** Sends the file again, as somebody does who is told that it did not work. @returns how many rules came in */
export const importedAgain = ({ api }: Scene): Promise<number> =>
  eventually('the import to be taken', async () => {
    const { proposed } = await api.json(BlockRulesImported, 'POST', '/block-rules/import', FILE);
    return proposed;
  });
