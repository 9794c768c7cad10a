import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readOperatorSettings } from '../../backend/src/platform/settings.ts';
import { project } from '../project.ts';
import { fillTemplate, templateValues } from './asterisk.ts';

describe('the templates of Asterisk’s configuration', () => {
  it('are filled in', () => {
    expect(fillTemplate('bind = {{a}}:{{b}}', { a: '127.0.0.1', b: 5060 }, 'x.conf')).toBe('bind = 127.0.0.1:5060');
  });

  it('do not reach Asterisk with a hole', () => {
    expect(() => fillTemplate('{{unheardOf}}', {}, 'x.conf')).toThrow(
      'x.conf: nothing is known to put in place of {{unheardOf}}',
    );
  });

  it('ask for nothing the starter does not know', () => {
    const values = templateValues(
      readOperatorSettings({}),
      { ariPort: 1, amiPort: 2 },
      { 'ari-password': 'a', 'ami-password': 'b' },
    );
    const names = readdirSync(project.asteriskEtc).filter((name) => name.endsWith('.conf'));
    expect(names).toContain('pjsip.conf');
    for (const name of names) {
      const filled = fillTemplate(readFileSync(resolve(project.asteriskEtc, name), 'utf8'), values, name);
      expect(filled).not.toContain('{{');
    }
  });
});
