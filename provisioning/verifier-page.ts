import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { project } from './project.ts';

const SOURCE = resolve(project.console, 'verifier');

/** What the page runs in: see `console/verifier/node/`. */
const IN_PLACE_OF_NODE = {
  'node:crypto': resolve(SOURCE, 'node/crypto.ts'),
};

/**
 * Bundles the page that verifies evidence into one file: no network, no other files, the same bytes from the same source.
 * Its own Content-Security-Policy names its only script and style by their hashes.
 */
export async function buildVerifierPage(target = project.verifierPage): Promise<void> {
  const script = await bundle('main.ts');
  const style = await bundle('verifier.css');
  const csp = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`;
  const page = [
    '<!doctype html>',
    '<html lang="ja">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${csp}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>通話録音の証拠一式の検証</title>',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<noscript>この画面にはJavaScriptが必要です。「読み方.txt」の手作業の手順でも検証できます。</noscript>',
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ];
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, page.join('\n'));
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(SOURCE, entry)],
    absWorkingDir: project.root,
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    target: ['chrome111', 'firefox119', 'safari17'],
    alias: IN_PLACE_OF_NODE,
    inject: entry.endsWith('.ts') ? [resolve(SOURCE, 'node/buffer.ts')] : [],
    legalComments: 'none',
  });
  const text = outputFiles[0]?.text ?? '';
  if (/<\/(script|style)/i.test(text)) throw new Error(`${entry} would end its own element`);
  return text;
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
