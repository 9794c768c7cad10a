import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KEPT_SECRET } from '../platform/secret.schema.ts';
import type { Trunk } from '../trunks/trunk.schema.ts';
import { findConfigurationProblems } from './configuration-problems.ts';
import { ConfigurationDocument } from './configuration.schema.ts';
import { withKeptSecrets, withoutSecrets } from './document-secrets.ts';
import { anyDocument, smallOffice } from './document.fixture.ts';

const GATEWAY: Trunk = {
  ...{ id: 'gateway', name: 'ホームゲートウェイ', type: 'registration', host: '192.0.2.30', port: 5060 },
  ...{ user: '3', secret: 'pass(word)#1' },
};
const office = (changes: Partial<Trunk> = {}): ConfigurationDocument => {
  const document = smallOffice();
  return { ...document, trunks: [...document.trunks, { ...GATEWAY, ...changes }] };
};

describe('the secrets of a document', () => {
  it('are not told, and come back when it is handed back, whatever the document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const told = withoutSecrets(document);
        const secrets = [...told.trunks, ...told.phones].flatMap((item) => ('secret' in item ? item.secret : []));
        expect(new Set([...secrets, KEPT_SECRET])).toEqual(new Set([KEPT_SECRET]));
        expect(ConfigurationDocument.parse(told)).toEqual(told);
        expect(withKeptSecrets(told, document)).toEqual(document);
      }),
    );
  });

  it('stay with a phone that gets another extension, and with a trunk that behaves otherwise', () => {
    const changed = withoutSecrets(office({ keys: 'events' }));
    for (const phone of changed.phones) if (phone.id === 'p201') phone.extension = '299';
    const kept = withKeptSecrets(changed, office());
    expect(kept.phones[0]).toMatchObject({ extension: '299', secret: 'secret-of-201' });
    expect(kept.trunks[1]).toMatchObject({ keys: 'events', secret: 'pass(word)#1' });
  });

  it.each<Partial<Trunk>>([{ host: '192.0.2.66' }, { port: 5070 }, { user: '4' }, { authUser: 'x' }])(
    'must be said anew when the account becomes %j',
    (elsewhere) => {
      const document = withKeptSecrets(withoutSecrets(office(elsewhere)), office());
      expect(findConfigurationProblems(document)).toMatchObject([
        { path: '/trunks/1/secret', problemId: 'secret-missing' },
      ]);
    },
  );

  it('must be said once', () => {
    const problems = findConfigurationProblems(withKeptSecrets(withoutSecrets(smallOffice()), office({})));
    expect(problems).toEqual([]);
    const found = findConfigurationProblems(withoutSecrets(smallOffice()));
    expect(found).toMatchObject([{ path: '/phones/0/secret', problemId: 'secret-missing' }]);
    expect(found[0]?.message).toContain('市民課1');
  });
});
