import type { Phone } from '../phones/phone.schema.ts';
import { KEPT_SECRET } from '../platform/secret.schema.ts';
import type { Trunk } from '../trunks/trunk.schema.ts';
import type { ConfigurationDocument, ConfigurationProblem } from './configuration.schema.ts';

/** @returns the document as it is told: each secret as `KEPT_SECRET` */
export const withoutSecrets = (document: ConfigurationDocument): ConfigurationDocument => ({
  ...document,
  trunks: document.trunks.map((trunk) => (trunk.type === 'registration' ? { ...trunk, secret: KEPT_SECRET } : trunk)),
  phones: document.phones.map((phone) => (phone.type === 'sip' ? { ...phone, secret: KEPT_SECRET } : phone)),
});

/**
 * Puts the secrets of the former document where a new one says `KEPT_SECRET`: a phone's by its id, a trunk's only while it is
 * the same account at the same address, so that nobody can have a password used elsewhere who does not know it.
 * @returns still with `KEPT_SECRET` where the former one has none
 */
export const withKeptSecrets = (
  document: ConfigurationDocument,
  former: ConfigurationDocument,
): ConfigurationDocument => ({
  ...document,
  trunks: document.trunks.map((trunk) => trunkWithSecret(trunk, former.trunks)),
  phones: document.phones.map((phone) => phoneWithSecret(phone, former.phones)),
});

function trunkWithSecret(trunk: Trunk, former: readonly Trunk[]): Trunk {
  if (trunk.type !== 'registration' || trunk.secret !== KEPT_SECRET) return trunk;
  const account = ({ host, port, user, authUser }: typeof trunk) =>
    JSON.stringify([host, port, user, authUser ?? user]);
  for (const before of former) {
    if (before.type === 'registration' && account(before) === account(trunk))
      return { ...trunk, secret: before.secret };
  }
  return trunk;
}

function phoneWithSecret(phone: Phone, former: readonly Phone[]): Phone {
  if (phone.type !== 'sip' || phone.secret !== KEPT_SECRET) return phone;
  for (const before of former) {
    if (before.type === 'sip' && before.id === phone.id) return { ...phone, secret: before.secret };
  }
  return phone;
}

/** Secrets that nobody has ever said. */
export function findSecretProblems({ trunks, phones }: ConfigurationDocument): ConfigurationProblem[] {
  const secrets = [
    ...trunks.map((trunk, index) => ({ item: trunk, what: '外線', path: `/trunks/${index}/secret` })),
    ...phones.map((phone, index) => ({ item: phone, what: '電話機', path: `/phones/${index}/secret` })),
  ];
  return secrets.flatMap(({ item, what, path }) =>
    'secret' in item && item.secret === KEPT_SECRET
      ? {
          path,
          problemId: 'secret-missing',
          message: `${what}「${item.name}」のパスワードが登録されていません(接続先やユーザー名を変えたときも、入力し直す必要があります)。パスワードを入力してください。`,
        }
      : [],
  );
}
