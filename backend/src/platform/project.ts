import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const PackageFile = z.object({ name: z.string(), version: z.string() });

const packageAt = (directory: string) => {
  const path = join(directory, 'package.json');
  return existsSync(path) ? PackageFile.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data : undefined;
};

function find(directory: string): { root: string; version: string } {
  const found = packageAt(directory);
  if (found?.name === 'denwaban') return { root: directory, version: found.version };
  if (dirname(directory) === directory) throw new Error('the project directory was not found');
  return find(dirname(directory));
}

/** Where the project stands and which version it is, whether it runs compiled or from its source. */
export const project = find(import.meta.dirname);
