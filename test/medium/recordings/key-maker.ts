import 'reflect-metadata';
import { createDataSource } from '../../../backend/src/platform/database.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import { recordingKeys } from './sealing-bench.ts';

/** Started by the test: a process that makes the keys of the recordings it is told, and answers with their ids. */
const settings = new Settings(readOperatorSettings(process.env));
const dataSource = createDataSource(settings, 2);
await dataSource.initialize();
const keys = recordingKeys(dataSource, settings);
const startedAt = new Date('2026-11-21T00:00:00Z');

process.on('message', (recordings: string[]) => {
  void Promise.all(recordings.map(async (id) => (await keys.forSealing({ id, startedAt })).id)).then((ids) =>
    process.send?.(ids),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
