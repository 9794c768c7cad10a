import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type HomeLayout } from '../../backend/src/platform/settings.ts';
import { ensureMasterKey } from '../../backend/src/recordings/encryption/master-key-file.ts';
import { type Progress } from '../progress.ts';

const COMMAND = 'node provisioning/bootstrap.mjs recovery-kit';

/**
 * Makes the master key of a new box. A box that has lost its key gets none: a new one would let it seal recordings under a
 * key that no recovery kit has, beside older ones that it cannot open. It goes on all the same; calls need no key.
 * @param credentialsDirectory where systemd may have put the key instead
 */
export async function prepareMasterKey(
  layout: Pick<HomeLayout, 'postgresData' | 'secrets' | 'vaultIdentity'>,
  credentialsDirectory: string | undefined,
  progress: Progress,
): Promise<void> {
  if (credentialsDirectory && existsSync(resolve(credentialsDirectory, 'denwaban-master-key'))) return;
  if (existsSync(resolve(layout.secrets, 'master-key'))) return;
  if (isNewBox(layout)) {
    await ensureMasterKey(layout.secrets);
    progress.info(`made the key that encrypts recordings; print its recovery kit and lock it away: ${COMMAND}`);
    return;
  }
  progress.error(
    `the key that encrypts recordings is missing (${layout.secrets}/master-key). Calls are still taken and recorded, but ` +
      'recordings wait in the spool and none can be heard. Put the key back from the recovery kit, the box may go on ' +
      `running: ${COMMAND} --restore`,
  );
}

/** Neither its own database nor, with an external one, its vault has ever been used. */
const isNewBox = ({ postgresData, vaultIdentity }: Pick<HomeLayout, 'postgresData' | 'vaultIdentity'>): boolean =>
  !existsSync(resolve(postgresData, 'PG_VERSION')) && !existsSync(vaultIdentity);
