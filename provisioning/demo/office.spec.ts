import { describe, expect, it } from '@jest/globals';
import { defaultConfiguration } from '../../backend/src/configuration/default-configuration.ts';
import { demoDocument, mayReplace } from './office.ts';

const demo = demoDocument({ carrier: '127.40.1.1', pbx: '127.40.1.2' });

describe('the demonstration', () => {
  it('takes a new box, and its own of an earlier time', () => {
    expect(mayReplace(defaultConfiguration())).toBe(true);
    expect(mayReplace(demo)).toBe(true);
  });

  it.each(['trunks', 'lines', 'phones'] as const)('leaves an office alone that has %s of its own', (part) => {
    const site = { id: 'main', name: '青葉町役場' };
    expect(mayReplace({ ...demo, site })).toBe(false);
    expect(mayReplace({ ...defaultConfiguration(), site, [part]: demo[part] })).toBe(false);
  });
});
