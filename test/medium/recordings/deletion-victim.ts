import 'reflect-metadata';
import { createDataSource } from '../../../backend/src/platform/database.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import type { DeletionOrder } from '../../../backend/src/recordings/deletion/deletion.repository.ts';
import { deletions } from './deletion-bench.ts';
import { Steps } from './stepped.ts';

/** What a victim is told to do, once it has started. */
export interface DeletionVictimOrder {
  id: string;
  order: DeletionOrder;
  /** Number of the step at which it kills itself. */
  dieAt: number;
}

/** Started by the test: a process that deletes one recording and is killed, by itself, before a given step. */
const settings = new Settings(readOperatorSettings(process.env));
const dataSource = createDataSource(settings, 2);
await dataSource.initialize();

process.once('message', ({ id, order, dieAt }: DeletionVictimOrder) => {
  const steps = new Steps(dieAt, 'before', () => process.kill(process.pid, 'SIGKILL'));
  void deletions(dataSource, settings, steps)
    .delete(id, order)
    .then(
      () => process.exit(0),
      () => process.exit(1),
    );
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
