import { removeTree } from '../../provisioning/runtime/build-root.ts';
import { mediumTier } from './medium-tier.ts';

export default async function globalTeardown(): Promise<void> {
  const { child, home } = mediumTier;
  if (child?.exitCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // Nothing of it is kept, so it need not write anything down: SIGQUIT is Postgres' immediate shutdown.
    child.kill('SIGQUIT');
    await gone;
  }
  if (home) await removeTree(home);
}
