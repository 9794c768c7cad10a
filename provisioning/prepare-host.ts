import { ensureHostTools, isRoot, type HostTool } from './host-tools.ts';
import { type Progress } from './progress.ts';
import { CommandFailed, runCommand } from './run-command.ts';

const RUN_TOOLS: HostTool[] = [
  { needs: 'unshare', debianPackage: 'util-linux' },
  { needs: 'mount', debianPackage: 'mount' },
  { needs: 'chroot', debianPackage: 'coreutils' },
  { needs: 'tar', debianPackage: 'tar' },
];

/** @throws Error saying what the host lacks or forbids, and how that is changed */
export async function prepareHost(progress: Progress): Promise<void> {
  await ensureHostTools(RUN_TOOLS, progress);
  const namespaces = isRoot()
    ? ['--mount']
    : ['--user', '--map-user=64080', '--map-group=64080', '--keep-caps', '--mount'];
  try {
    await runCommand('unshare', [...namespaces, 'true']);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Error(
      isRoot()
        ? `this machine lets root make no mount namespace (${error.output.trim()}); in a container, use the container image instead`
        : `this machine lets users make no user namespace (${error.output.trim()}); run as root, or allow it: ` +
            'sudo sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0',
      { cause: error },
    );
  }
}
