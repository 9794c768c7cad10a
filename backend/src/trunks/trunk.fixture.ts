import fc from 'fast-check';

type Values<T> = { [K in keyof T]: T[K] extends fc.Arbitrary<infer V> ? V : never };
type Parts = Record<string, fc.Arbitrary<unknown>>;

const digits = fc.constantFrom(...Array.from('0123456789'));
const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');

const OPTIONAL = [
  ...['numberIn', 'keys', 'withholding', 'sessionTimers', 'sessionSeconds', 'reliableProvisional', 'probeSeconds'],
  ...['authUser', 'domain', 'expirySeconds', 'outside', 'line', 'transport'],
];

/** A record of which what may be absent sometimes is. */
export function some<T extends Parts>(parts: T): fc.Arbitrary<Values<T>> {
  const requiredKeys = Object.keys(parts).filter((key) => !OPTIONAL.includes(key));
  return fc.record(parts, { requiredKeys }) as fc.Arbitrary<Values<T>>;
}

const sipUser = fc.string({ unit: fc.constantFrom(...letters, '_', '.', '+', '-'), minLength: 1, maxLength: 64 });
const sipSecret = fc.string({
  unit: fc.constantFrom(...Array.from("!#$%&'()*+,-./:<=>?@[]^_`{|}~aZ0")),
  minLength: 1,
  maxLength: 64,
});

export function anyTrunk(common: Parts) {
  const behaviour = {
    numberIn: fc.constantFrom('request-uri', 'to', 'p-called-party-id'),
    keys: fc.constantFrom('auto', 'events', 'inband'),
    withholding: fc.constantFrom('prefix', 'privacy'),
    sessionTimers: fc.constantFrom('no', 'accept', 'required'),
    sessionSeconds: fc.integer({ min: 90, max: 7200 }),
    reliableProvisional: fc.constantFrom('off', 'supported', 'required'),
    probeSeconds: fc.integer({ min: 0, max: 3600 }),
  };
  const account = {
    user: sipUser,
    authUser: sipUser,
    secret: sipSecret,
    expirySeconds: fc.integer({ min: 60, max: 86_400 }),
  };
  return fc.oneof(
    some({ ...common, ...behaviour, type: fc.constant('peer') }),
    some({
      ...common,
      ...behaviour,
      ...account,
      domain: fc.constantFrom('ntt-east.ne.jp', 'a'),
      type: fc.constant('registration'),
    }),
  );
}

interface TakenIds {
  trunks: string[];
  lines: string[];
}

export const ownLine = ({ trunks, lines }: TakenIds): Parts =>
  trunks.length === 0 || lines.length === 0 ? {} : { line: fc.constantFrom(...lines) };

export const calling = (taken: TakenIds): Parts => ({
  outside: fc.constantFrom('none', 'domestic', 'all'),
  ...ownLine(taken),
});

export const anyOutgoing = (taken: TakenIds) =>
  some({
    prefix: fc.string({ unit: digits, maxLength: 3 }),
    trunks: fc.shuffledSubarray(taken.trunks, { minLength: Math.min(1, taken.trunks.length) }),
    ...ownLine(taken),
  });
