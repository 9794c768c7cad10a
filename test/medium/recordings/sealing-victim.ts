import 'reflect-metadata';
import { createDataSource } from '../../../backend/src/platform/database.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import { sealingService } from './sealing-bench.ts';
import { Steps } from './stepped.ts';

/** What a victim is told to do, once it has started. */
export interface VictimOrder {
  callId: string;
  /** Number of the step at which it kills itself. */
  dieAt: number;
}

/** Started by the test: a process that seals one call and is killed, by itself, at a given step. */
const settings = new Settings(readOperatorSettings(process.env));
const dataSource = createDataSource(settings, 2);
await dataSource.initialize();

process.once('message', ({ callId, dieAt }: VictimOrder) => {
  const steps = new Steps(dieAt, 'before', () => process.kill(process.pid, 'SIGKILL'));
  void sealingService(dataSource, settings, { steps })
    .seal(callId)
    .then(
      (outcome) => process.send?.({ outcome, steps: steps.names }, () => process.exit(0)),
      (error: unknown) => process.send?.({ outcome: String(error), steps: steps.names }, () => process.exit(1)),
    );
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
