/**
 * The first step of every npm script and of the recovery kit. Runs on whatever Node the machine has, without any dependency: brings the project's
 * packages, among them the Node the project is made for, and goes on with that one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = resolve(root, 'package-lock.json');
const packages = resolve(root, 'node_modules');
const stamp = resolve(packages, '.denwaban-installed');
const OLDEST_NODE = 20;
const OLDEST_NPM = 10;
const NEWER_NPM = '11.19.1';

const COMMANDS = {
  start: 'provisioning/start.ts',
  demo: 'provisioning/demo.ts',
  test: 'provisioning/test.ts',
  bench: 'test/bench/run.ts',
  'recovery-kit': 'provisioning/recovery-kit.ts',
  // Compiled by the first start of the box, without which there is no key to change.
  'rotate-master-key': 'backend/dist/backend/src/main/rotate-master-key.js',
};

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

/** npm names itself when it runs a script; without that, it must be in the path. */
function hostNpm() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
}

/**
 * The host's npm, or where that is too old for our overrides (Debian 13 has 9.2, which cannot read `npm:` in them), a
 * newer one beside the project.
 */
function usableNpm() {
  const [file, ...args] = hostNpm();
  const { stdout, error } = spawnSync(file, [...args, '--version'], { encoding: 'utf8' });
  if (error) fail(`npm could not be started: ${error.message}`);
  if (Number(stdout.split('.')[0]) >= OLDEST_NPM) return [file, ...args];
  const prefix = resolve(root, '.build', 'npm');
  const cli = resolve(prefix, 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (!existsSync(cli)) {
    process.stdout.write(
      `▸ npm ${stdout.trim()} is too old for the project; fetching npm ${NEWER_NPM} beside it ...\n`,
    );
    mkdirSync(prefix, { recursive: true });
    const fetched = spawnSync(
      file,
      [...args, 'install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, `npm@${NEWER_NPM}`],
      {
        cwd: prefix,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    if (fetched.status !== 0) fail(`npm ${OLDEST_NPM} or newer is needed`);
  }
  return [process.execPath, cli];
}

function installPackages() {
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail(
      'node_modules is a link to the packages of another checkout, which npm would empty; remove the link and try again',
    );
  }
  process.stdout.write('▸ installing the packages of package-lock.json ...\n');
  const started = Date.now();
  const [file, ...args] = usableNpm();
  const result = spawnSync(
    file,
    [...args, 'ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev', '--include=optional'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (result.signal) process.exit(1);
  if (result.status !== 0) fail('npm ci did not succeed; see above');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  process.stdout.write(`✓ installing the packages: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Where the pinned Node stands; npm installs the one for this kind of machine only. */
function pinnedNode() {
  const name = `node-linux-${process.arch}`;
  const path = resolve(root, 'node_modules', name, 'bin', 'node');
  if (existsSync(path)) return path;
  const pinned = Object.keys(
    JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')).optionalDependencies ?? {},
  );
  return fail(
    pinned.includes(name)
      ? `${name} is not installed; remove node_modules and try again`
      : `this machine (${process.platform}, ${process.arch}) is not supported; there are: ${pinned.join(', ')}`,
  );
}

function run(node, script, args) {
  const child = spawn(node, [script, ...args], { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // The child decides when it ends; when this process is killed, the closed channel tells it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

const [command = '', ...rest] = process.argv.slice(2);
const script = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : null;
if (!script) fail(`expected one of ${Object.keys(COMMANDS).join(', ')}`);
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`Node ${process.versions.node} is too old to begin with; ${OLDEST_NODE} or newer is needed`);
}
process.chdir(root);
installPackages();
run(pinnedNode(), resolve(root, script), rest);
