/**
 * The first step of every npm script. Runs on whatever Node the machine has, without any dependency: brings the project's
 * packages, among them the Node the project is made for, and goes on with that one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = resolve(root, 'package-lock.json');
const stamp = resolve(root, 'node_modules', '.denwaban-installed');
const OLDEST_NODE = 20;

const COMMANDS = {
  start: 'provisioning/start.ts',
  demo: 'provisioning/demo.ts',
  test: 'provisioning/test.ts',
  bench: 'test/bench/run.ts',
};

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

function installPackages() {
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stdout.write('▸ installing the packages of package-lock.json ...\n');
  const started = Date.now();
  // npm names itself when it runs a script; without it, it must be in the path.
  const npm = process.env.npm_execpath;
  const [file, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(file, [...args, 'ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
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
