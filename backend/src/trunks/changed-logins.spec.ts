import { expect, it } from '@jest/globals';
import { changedLogins } from './changed-logins.ts';
import type { RegistrationTrunk, Trunk } from './trunk.schema.ts';

const at = { name: 'ひかり電話', host: '192.0.2.3', port: 5060 };
const account = (id: string, more: Partial<RegistrationTrunk> = {}): Trunk => ({
  ...{ ...at, id, type: 'registration', user: '3', secret: 'secret', ...more },
});
const peer: Trunk = { ...at, id: 'peer', type: 'peer' };
const changed = (now: Trunk[], former: Trunk[]) => changedLogins({ trunks: now }, { trunks: former });

it('names the trunks whose secret, or name for the digest, is another', () => {
  const former = [account('secret'), account('digest'), account('same'), peer];
  const now = [account('secret', { secret: 'other' }), account('digest', { authUser: 'x' }), account('same'), peer];
  expect(changed(now, former)).toEqual(['trunk-secret', 'trunk-digest']);
});

it('leaves to Asterisk what it sees itself: new registrations, and others', () => {
  expect(changed([account('new'), account('old', { name: '別名', port: 5062 })], [account('old')])).toEqual([]);
});

it('takes a digest name for the same whether it is said or not', () => {
  expect(changed([account('one', { authUser: '3' })], [account('one')])).toEqual([]);
});

it('names none when nothing is known of before', () => {
  expect(changedLogins({ trunks: [account('one')] }, null)).toEqual([]);
});
