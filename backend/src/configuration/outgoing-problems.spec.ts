import { describe, expect, it } from '@jest/globals';
import { findConfigurationProblems } from './configuration-problems.ts';
import type { ConfigurationDocument } from './configuration.schema.ts';
import { smallOffice } from './document.fixture.ts';

const found = (change: (document: ConfigurationDocument) => void) => {
  const document = smallOffice();
  document.outgoing = { prefix: '0', trunks: ['hikari'], line: 'main' };
  change(document);
  return findConfigurationProblems(document).map(({ path, problemId }) => `${problemId} ${path}`);
};

describe('calls to numbers outside', () => {
  it('are all right through trunks and under lines that there are', () => {
    expect(found(() => undefined)).toEqual([]);
  });

  it('need trunks that there are, each once', () => {
    expect(found(({ outgoing }) => outgoing?.trunks.push('other'))).toEqual(['unknown-trunk /outgoing/trunks/1']);
    expect(found(({ outgoing }) => outgoing?.trunks.push('hikari'))).toEqual(['repeated-trunk /outgoing/trunks/1']);
  });

  it('show lines that there are', () => {
    const everywhere = found(({ outgoing, phones, desks }) => {
      for (const item of [outgoing, phones[0], desks[0]]) if (item) item.line = 'other';
    });
    expect(everywhere.toSorted()).toEqual([
      'unknown-line /desks/0/line',
      'unknown-line /outgoing/line',
      'unknown-line /phones/0/line',
    ]);
  });

  it.each(['110', '0110', '184119', '0186118'])('leave %s to the emergency services', (extension) => {
    const problems = found(({ phones }) => phones[0] && (phones[0].extension = extension));
    expect(problems).toEqual(['emergency-extension /phones/0/extension']);
  });
});
