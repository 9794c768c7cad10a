import { dirname } from 'node:path';

/**
 * What goes into the runtime root besides `packages.list`. A change of this file or of the list makes a new root;
 * how it is fetched and unpacked does not, and stands in build-root.ts.
 */
export const recipe = {
  suite: 'forky',
  components: ['main'],
  /**
   * The voice that Open JTalk speaks with. Debian keeps it apart from `main` because its author gives no sources to train it anew;
   * a mirror need not have that part, so a root can be without it.
   */
  voice: { component: 'contrib', package: 'hts-voice-nitech-jp-atr503-m001' },
  /** Security advisories: nothing older may answer telephone calls. */
  oldestAsterisk: '22.10.1',
  /** Debian's own numbers differ from install to install; files of a home must keep their owner over rebuilds. */
  users: {
    asterisk: { id: 64080, home: '/var/lib/asterisk' },
    postgres: { id: 64081, home: '/var/lib/postgresql' },
  },
  /** Brought in to compile what is ours, and taken out again. */
  compilerPackages: ['gcc', 'libc6-dev'],
  /** `apt` syntax: a trailing minus keeps a package out (the Juman dictionary is 350 MB that nothing reads). */
  without: ['mecab-jumandic-', 'mecab-jumandic-utf8-'],
  /** pjsip does not load without Asterisk's XML documentation, hence no exclusion of /usr/share/asterisk. */
  excludedPaths: [
    '/usr/share/doc/*',
    '/usr/share/man/*',
    '/usr/share/info/*',
    '/usr/share/lintian/*',
    '/usr/share/locale/*',
    '/usr/share/bash-completion/*',
  ],
  /** Of what is excluded: whose work it is and on which terms it is handed on. */
  keptPaths: ['/usr/share/doc/*/copyright'],
  /** Sources that packages compile while they are installed, and catalogues of the package tools. */
  removedAfterwards: [
    '/usr/share/mecab/dic',
    // The same dictionary once more in EUC-JP.
    '/var/lib/mecab/dic/ipadic',
    '/var/lib/apt/lists',
    '/var/cache/debconf',
    '/var/log/dpkg.log',
  ],
  /** Targets of bind mounts at run time. */
  mountpoints: ['/denwaban'],
  mountedFiles: ['/etc/hosts', '/etc/resolv.conf'],
} as const;

export type RootUser = keyof typeof recipe.users;

/** What Asterisk loads before its own libraries, as it stands in the root. */
export const RECORDER_CLOCK = '/usr/lib/denwaban/recorder-clock.so';

/** Shell run with the root as `$1` before any package but the essential ones is installed. */
export function usersHook(): string {
  const passwd = Object.entries(recipe.users).map(
    ([name, { id, home }]) =>
      `echo '${name}:x:${id}:${id}::${home}:/usr/sbin/nologin' >>"$1/etc/passwd"; ` +
      `echo '${name}:x:${id}:' >>"$1/etc/group"; echo '${name}:!:19000::::::' >>"$1/etc/shadow"`,
  );
  // Debian would make a database cluster of its own, 40 MB that nobody uses.
  const noCluster =
    'mkdir -p "$1/etc/postgresql-common/createcluster.d"; ' +
    'echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.d/denwaban.conf"';
  return [...passwd, noCluster].join('; ');
}

/**
 * Shell run with the root as `$1` once its packages are installed and `recorder-clock.c` is in its /tmp. Every package that came
 * in for that goes again, so that no compiler is on a box that answers the network.
 */
export function compileHook(): string {
  const names = 'dpkg-query --show --showformat="\\${binary:Package}\\n" | sort';
  const inside = [
    'set -e',
    `${names} >/tmp/packages`,
    `apt-get install --yes --quiet --no-install-recommends ${recipe.compilerPackages.join(' ')}`,
    `mkdir -p ${dirname(RECORDER_CLOCK)}`,
    `gcc -O2 -Wall -Werror -shared -fPIC -o ${RECORDER_CLOCK} /tmp/recorder-clock.c`,
    `dpkg --purge $(${names} | comm -13 /tmp/packages -)`,
    'rm /tmp/packages /tmp/recorder-clock.c',
  ];
  return `chroot "$1" sh -c '${inside.join('; ')}'`;
}

/** Shell run with the root as `$1` after everything is installed. */
export function finishHook(): string {
  return [
    ...recipe.removedAfterwards.map((path) => `rm -rf "$1${path}"`),
    ...recipe.mountpoints.map((path) => `mkdir -p "$1${path}"`),
    ...recipe.mountedFiles.map((path) => `rm -f "$1${path}"; : >"$1${path}"`),
  ].join('; ');
}
