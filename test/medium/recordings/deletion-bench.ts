import * as nodeFiles from 'node:fs/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../../../backend/src/platform/clock.ts';
import { MessageSender } from '../../../backend/src/platform/messages.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import type { Settings } from '../../../backend/src/platform/settings.ts';
import { DeletionRepository } from '../../../backend/src/recordings/deletion/deletion.repository.ts';
import { RecordingDeletions } from '../../../backend/src/recordings/deletion/deletion.service.ts';
import { DiskRecordingStore } from '../../../backend/src/recordings/vault/disk-recording-store.ts';
import { Vault } from '../../../backend/src/recordings/vault/vault.ts';
import { recordingKeys } from './sealing-bench.ts';
import { stepped, Steps } from './stepped.ts';

/** Deletion as the processes put it together, with each statement and each touch of a file counted as a step. */
export function deletions(
  dataSource: DataSource,
  settings: Settings,
  steps = new Steps(0, 'before', () => undefined),
): RecordingDeletions {
  const { layout } = settings;
  const disk = stepped('disk', { ...nodeFiles }, steps);
  const store = new DiskRecordingStore(layout.vault, layout.vaultIdentity, disk);
  const vault = stepped('vault', new Vault(store, recordingKeys(dataSource, settings, steps)), steps);
  const rows = new DeletionRepository(withSteppedTransactions(dataSource, steps), new Clock());
  return new RecordingDeletions(
    stepped('rows', rows, steps),
    vault,
    new MessageSender(dataSource),
    new Logger('api', 'silent'),
  );
}

function withSteppedTransactions(dataSource: DataSource, steps: Steps): DataSource {
  const transaction = (work: (manager: EntityManager) => Promise<unknown>) =>
    dataSource.transaction((manager) => work(stepped('transaction', manager, steps)));
  return new Proxy(dataSource, {
    get(target, key) {
      if (key === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
