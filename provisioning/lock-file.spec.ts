import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { project } from './project.ts';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(resolve(project.root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** Where npm looks for a dependency of a package: beside it and in every folder above. */
function isLocked(name: string, dependent: string): boolean {
  for (let folder = dependent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder ? `${folder}/` : ''}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}

describe('package-lock.json', () => {
  // npm writes a lock without the packages of other platforms when it cannot reach them, and refuses it at `npm ci`.
  it('names the packages of every platform, so that a fresh clone can be installed', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !isLocked(name, path))
        .map((name) => `${name} of ${path}`),
    );
    expect(missing).toEqual([]);
  });
});
