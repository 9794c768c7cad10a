import type { DataSource } from 'typeorm';
import { eventually } from './api/eventually.ts';

const WAITING = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
  AND query LIKE 'INSERT INTO "audit_events"%'`;
/** For a machine that does much else. */
const PATIENCE_MS = 60_000;

/** Holds up whoever writes to the audit trail, which is the last step of a change, until `work` is done. */
export async function atItsTrace(
  dataSource: DataSource,
  work: (waitingPid: number) => Promise<unknown>,
): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query('LOCK TABLE audit_events IN SHARE ROW EXCLUSIVE MODE');
    const pids: number[] = [];
    await eventually(async () => {
      // Not in the transaction, in which what others do looks the same all the time.
      const rows: { pid: number }[] = await dataSource.query(WAITING);
      pids.push(...rows.map(({ pid }) => pid));
      return pids.length > 0;
    }, PATIENCE_MS);
    await work(pids[0] ?? 0);
  });
}
