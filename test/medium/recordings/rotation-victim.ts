import 'reflect-metadata';
import { createDataSource } from '../../../backend/src/platform/database.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import * as masterKeyFiles from '../../../backend/src/recordings/encryption/master-key-file.ts';
import { rotateMasterKey } from '../../../backend/src/recordings/encryption/master-key-rotation.ts';
import { RecordingKeyRepository } from '../../../backend/src/recordings/encryption/recording-key.repository.ts';
import { stepped, Steps } from './stepped.ts';

/** Started by the test: a process that rotates the master key and is killed, by itself, at a given step. */
const settings = new Settings(readOperatorSettings(process.env));
const dataSource = await createDataSource(settings, 2).initialize();

process.once('message', ({ dieAt, when }: { dieAt: number; when: 'before' | 'after' }) => {
  const steps = new Steps(dieAt, when, () => process.kill(process.pid, 'SIGKILL'));
  const rows = stepped('rows', new RecordingKeyRepository(dataSource), steps);
  void rotateMasterKey(settings.masterKeyPlaces, rows, stepped('files', { ...masterKeyFiles }, steps)).then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
