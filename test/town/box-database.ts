import pg from 'pg';
import { postgresOf } from './recorded.ts';

/**
 * What somebody does in the database of a box, past all of its processes.
 * @param home of a box that has a database of its own, which may be killed meanwhile
 */
export async function inDatabase<T>(home: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { environment, args } = postgresOf(home);
  const login = { user: 'denwaban', database: 'denwaban', password: environment.PGPASSWORD ?? '' };
  const client = new pg.Client({ host: args[1] ?? '', port: 5432, ...login });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
