import 'reflect-metadata';
import { createDataSource } from '../../../backend/src/platform/database.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import { Steps } from '../recordings/stepped.ts';
import { logKeeping } from './log-bench.ts';

/** Started by the test: a process that appends and signs, and is killed, by itself, at a given step. */
const settings = new Settings(readOperatorSettings(process.env));
const dataSource = createDataSource(settings, 2);
await dataSource.initialize();

process.once('message', (dieAt: number) => {
  const { appender, signer } = logKeeping(
    dataSource,
    settings,
    new Steps(dieAt, 'before', () => process.kill(process.pid, 'SIGKILL')),
  );
  void appender
    .appendAll()
    .then(() => signer.sign())
    .then(
      () => process.exit(0),
      (error: unknown) => process.send?.(String(error), () => process.exit(1)),
    );
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
