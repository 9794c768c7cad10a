/** What people take when twelve characters are asked for. Compared without case, digits and signs at the ends. */
const COMMON = new Set(
  `password passw0rd p@ssword passwordpassword administrator admin adminadmin qwerty qwertyuiop qwertyqwerty
  asdfghjkl asdfasdfasdf zxcvbnm letmein welcome changeme iloveyou sunshine princess football baseball dragon monkey
  superman batman trustno secret secretpassword computer internet sakura sakurasakura doraemon pokemon pikachu nintendo
  toyota honda nippon japan tokyo osaka arigatou konnichiwa ohayou denwa denwaban telephone recording rokuon yakusho
  shiyakusho kuyakusho chouyakuba kencho shimin kouhou soumu joho guest user test testtest default initial master root
  abcdefghijkl abcabcabcabc aaaaaaaaaaaa passwordadmin adminpassword`.split(/\s+/),
);

const KEYBOARD_RUNS = [
  '01234567890',
  '09876543210',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn',
];
const LONGEST_RUN = 8;
const FEWEST_DIFFERENT = 5;

export interface AboutThePerson {
  login: string;
  name: string;
  /** Names of the office: its site's id and name. */
  office: readonly string[];
}

const plain = (text: string) => text.normalize('NFKC').toLowerCase().replace(/\s/g, '');
/** The part people vary: `Password2026!` is `password`. */
const core = (text: string) => plain(text).replace(/^[\d\p{P}\p{S}]+|[\d\p{P}\p{S}]+$/gu, '');

const holdsRun = (password: string) =>
  KEYBOARD_RUNS.some((run) =>
    Array.from({ length: run.length - LONGEST_RUN + 1 }, (_, at) => run.slice(at, at + LONGEST_RUN)).some((part) =>
      password.includes(part),
    ),
  );

/** Whether a name makes up most of a password: what is left of it without the name is shorter than eight characters. */
const isMostly = (password: string, name: string) =>
  name.length >= 2 && password.includes(name) && password.replaceAll(name, '').length < 8;

/**
 * What is wrong with a new password, as NIST SP 800-63B has it: length is checked elsewhere, composition not at all;
 * what others would try first is refused.
 * @returns null when it may be used
 */
export function passwordProblem(password: string, { login, name, office }: AboutThePerson): string | null {
  const text = plain(password);
  if (COMMON.has(core(password)) || COMMON.has(text) || core(password) === '') {
    return 'よく使われるパスワードです。別のパスワードにしてください。';
  }
  if (new Set(text).size < FEWEST_DIFFERENT) return '同じ文字の繰り返しは避けてください。';
  if (holdsRun(text)) return '並びの文字(12345678、qwertyuiなど)は避けてください。';
  if ([login, name, ...office].map(plain).some((word) => isMostly(text, word))) {
    return 'ログインID、氏名、庁舎の名前から推測されるパスワードは使えません。';
  }
  return null;
}
