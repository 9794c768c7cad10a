import { isRoot } from './host-tools.ts';
import { recipe, type RootUser } from './runtime/recipe.ts';

export interface RootBind {
  /** A folder or file of the host. */
  from: string;
  /** Where it stands in the root, below `/denwaban`. */
  to: `/denwaban/${string}`;
  readOnly?: boolean;
}

export interface RootCommand {
  root: string;
  user: RootUser;
  /** A file that stands as /etc/hosts: without the machine's own name in it, Asterisk asks a DNS server at every call. */
  hostsFile: string;
  binds: RootBind[];
  /** What the process gets when the starter dies. */
  deathSignal: 'TERM' | 'INT' | 'KILL';
  command: string[];
}

/**
 * Run by sh in a mount namespace of its own: `$1` root, `$2` hosts file, then `mode from to` per bind until `--`, then
 * the command. Everything but the binds and fresh temporary file systems is read-only, and nothing is seen outside.
 */
const ENTER_ROOT = `set -e
root=$1; hosts=$2; shift 2
mount --rbind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
for at in tmp run dev/shm; do mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/$at"; done
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$root/denwaban"
mount --bind "$hosts" "$root/etc/hosts"
if [ -e /etc/resolv.conf ]; then mount --bind /etc/resolv.conf "$root/etc/resolv.conf"; fi
while [ "$1" != -- ]; do
  mkdir -p "$root$3"
  mount --bind "$2" "$root$3"
  if [ "$1" = ro ]; then mount -o remount,bind,ro "$root$3"; fi
  shift 3
done
shift
mount -o remount,bind,ro "$root/denwaban"
exec chroot "$root" "$@"`;

/**
 * Builds the command that turns into a daemon inside the runtime root, without forking: the process started is the
 * daemon, gets the signals and dies with the starter. It has its own user, no capability and no way to get one.
 * @param privileged whether we are root; otherwise a user namespace stands in, in which our user has the daemon's number
 */
export function inRoot(
  { root, user, hostsFile, binds, deathSignal, command }: RootCommand,
  privileged: boolean = isRoot(),
): { file: string; args: string[] } {
  const { id } = recipe.users[user];
  const setpriv = [
    ...['setpriv', `--reuid=${id}`, `--regid=${id}`, privileged ? '--clear-groups' : '--keep-groups'],
    ...['--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'],
    ...[`--pdeathsig=${deathSignal}`, '--', ...command],
  ];
  // In the container image the root is where we are, and the home stands at /denwaban.
  if (root === '/') return { file: 'setpriv', args: setpriv.slice(1) };
  const namespaces = privileged
    ? ['--mount', '--propagation', 'private']
    : ['--user', `--map-user=${id}`, `--map-group=${id}`, '--keep-caps', '--mount'];
  return {
    file: 'unshare',
    args: [
      ...namespaces,
      ...['sh', '-c', ENTER_ROOT, 'enter-root', root, hostsFile],
      ...binds.flatMap(({ from, to, readOnly }) => [readOnly ? 'ro' : 'rw', from, to]),
      ...['--', ...setpriv],
    ],
  };
}

/** What a daemon in the root may know of the world. */
export const rootEnvironment = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  HOME: '/tmp',
  TZ: 'UTC',
} as const;
