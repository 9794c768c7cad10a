import { describe, expect, it } from '@jest/globals';
import { packageList, parsePackageList, rootHash } from './build-root.ts';
import { compileHook, finishHook, recipe, usersHook } from './recipe.ts';

describe('the recipe of the runtime root', () => {
  it('reads a list with comments and empty lines', () => {
    expect(parsePackageList('# head\nasterisk\n\n  sox # sound\n')).toEqual(['asterisk', 'sox']);
  });

  it('has Asterisk and the database in its list', async () => {
    expect(await packageList()).toEqual(expect.arrayContaining(['asterisk', 'postgresql-18', 'flac', 'restic']));
  });

  it('names the same root every time', async () => {
    expect(await rootHash()).toBe(await rootHash());
    expect(await rootHash()).toMatch(/^[0-9a-f]{16}$/);
  });

  it('gives the daemons numbers of their own before their packages would choose some', () => {
    for (const [name, { id }] of Object.entries(recipe.users)) expect(usersHook()).toContain(`${name}:x:${id}:${id}:`);
  });

  it('compiles the recorder’s clock and leaves no compiler behind', async () => {
    expect(compileHook()).toMatch(/install .* gcc libc6-dev; .*gcc .* \/tmp\/recorder-clock\.c; dpkg --purge /);
    for (const name of recipe.compilerPackages) expect(await packageList()).not.toContain(name);
  });

  it('leaves Asterisk the documentation without which it does not load SIP', () => {
    const taken = [...recipe.excludedPaths, ...recipe.removedAfterwards];
    expect(taken.filter((path) => '/usr/share/asterisk/documentation'.startsWith(path.replace('*', '')))).toEqual([]);
    expect(finishHook()).not.toContain('/usr/share/asterisk');
  });
});
