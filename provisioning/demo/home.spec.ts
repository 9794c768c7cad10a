import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { adminPassword, checkHome, demoHome, HomeOfAnOffice } from './home.ts';
import { demoDocument } from './office.ts';

describe('the home of the demonstration', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'denwaban-demo-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const configured = (content: unknown) =>
    writeFileSync(join(home, 'configuration.json'), typeof content === 'string' ? content : JSON.stringify(content));

  it('is not the home of the box of the same checkout', () => {
    expect(demoHome({})).toBe(resolve('.denwaban-demo'));
    expect(demoHome({ DENWABAN_HOME: home })).toBe(home);
  });

  it('may be empty or its own, and nothing else', () => {
    const demo = demoDocument({ carrier: '127.40.1.1', pbx: '127.40.1.2' });
    expect(() => checkHome(home)).not.toThrow();
    configured(demo);
    expect(() => checkHome(home)).not.toThrow();
    configured({ ...demo, site: { id: 'main', name: '青葉町役場' } });
    expect(() => checkHome(home)).toThrow(HomeOfAnOffice);
    configured({ of: 'a later version' });
    expect(() => checkHome(home)).toThrow(HomeOfAnOffice);
    configured('{ torn');
    expect(() => checkHome(home)).toThrow(HomeOfAnOffice);
  });

  it('keeps the password it made, for its owner alone', () => {
    const made = adminPassword({}, home);
    expect(made).toMatch(/^[2-9a-z]{16}$/);
    expect(adminPassword({}, home)).toBe(made);
    expect(statSync(join(home, 'demo-password')).mode & 0o077).toBe(0);
    expect(adminPassword({ DENWABAN_ADMIN_PASSWORD: 'chosen by the operator' }, home)).toBe('chosen by the operator');
  });
});
