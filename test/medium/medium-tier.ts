import { type ChildProcess } from 'node:child_process';
import { type PostgresPlace } from '../../provisioning/box/postgres.ts';

/** What the global setup hands to every test file through the environment. */
export interface MediumTier extends PostgresPlace {
  toolsDir: string;
  versions: Record<string, string>;
}

/** Between setup and teardown, which share a process. */
export const mediumTier: { child: ChildProcess | null; home: string | null } = { child: null, home: null };
