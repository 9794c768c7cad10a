import { element, replace } from './element.ts';
import type { EvidenceResult, Problem } from './evidence.ts';
import type { ExportResult } from './export.ts';
import type { Verification } from './verification.ts';
import { type FactName, fill, type Language, type Words } from './words.ts';

const FINGERPRINT_GROUP = /.{4}/g;

export function resultView(of: Verification, at: Date, words: Words, language: Language): Node[] {
  switch (of.kind) {
    case 'evidence':
      return evidenceView(of.result, at, words, language);
    case 'export':
      return exportView(of.result, at, words, language);
    case 'unreadable':
    case 'empty':
      return [verdictView('wrong', words.verdict[of.kind])];
  }
}

export function verdictView(
  kind: 'correct' | 'warning' | 'wrong',
  { heading, text }: { heading: string; text: string },
) {
  const sign = element(
    'span',
    { class: 'sign', 'aria-hidden': 'true' },
    { correct: '✔', warning: '!', wrong: '✖' }[kind],
  );
  const body = element('div', {}, element('h2', {}, heading), element('p', {}, text));
  return element('div', { class: `verdict ${kind}`, role: kind === 'wrong' ? 'alert' : 'group' }, sign, body);
}

function exportView(result: ExportResult, at: Date, words: Words, language: Language): Node[] {
  const { correct, findings, audio, recordings, unknown } = result;
  const withoutAudio = verdictView('warning', words.verdict.exportWithoutAudio);
  const asListed = correct ? verdictView('warning', words.verdict.exportCorrect) : withoutAudio;
  return [
    findings.length > 0 ? verdictView('wrong', words.verdict.exportWrong) : asListed,
    element('p', {}, fill(words.exportCounts, { audio, recordings })),
    findingList(findings, words),
    ...unknownView(unknown, words.exportUnknown),
    verifiedAt(at, words, language),
  ];
}

const unknownView = (unknown: readonly string[], text: string) =>
  unknown.length > 0 ? [element('p', {}, fill(text, { parts: unknown.join('、') }))] : [];

function evidenceView(result: EvidenceResult, at: Date, words: Words, language: Language): Node[] {
  const { correct, key, unknown } = result;
  const verdict = correct ? verdictView('correct', words.verdict.correct) : verdictView('wrong', words.verdict.wrong);
  const print = element('button', { type: 'button', class: 'button no-print' }, words.print);
  print.addEventListener('click', () => window.print());
  return [
    verdict,
    print,
    checkList(result, words),
    ...unknownView(unknown, words.unknown),
    ...(key ? [keyView(key, words)] : []),
    factsView(result, words, language),
    vouchersView(result, words, language),
    limitsView(words),
    verifiedAt(at, words, language),
  ];
}

const limitsView = ({ limitsHeading, limits }: Words) =>
  element(
    'div',
    {},
    element('h2', {}, limitsHeading),
    element('ul', { class: 'limits' }, ...limits.map((limit) => element('li', {}, limit))),
  );

function checkList({ checks }: EvidenceResult, words: Words): HTMLElement {
  const items = checks.map(({ id, outcome, findings }) =>
    element(
      'li',
      { class: outcome },
      element('span', { class: 'outcome' }, words.outcome[outcome]),
      element('div', {}, element('p', {}, words.check[id]), findingList(findings, words)),
    ),
  );
  return element('div', {}, element('h2', {}, words.checksHeading), element('ul', { class: 'checks' }, ...items));
}

const findingList = (findings: readonly { part: string; problem: Problem }[], words: Words) =>
  element(
    'ul',
    { class: 'findings' },
    ...findings.map(({ part, problem }) => element('li', {}, fill(words.problem[problem], { part }))),
  );

function keyView({ name, fingerprint }: { name: string; fingerprint: string }, words: Words): HTMLElement {
  const verdict = element('p', { role: 'status', class: 'compared' });
  const input = element('input', { id: 'told', type: 'text', autocomplete: 'off', spellcheck: 'false', class: 'told' });
  input.addEventListener('input', () => {
    const told = input.value
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^0-9a-z]/g, '');
    const isSame = told === fingerprint;
    verdict.textContent = told === '' ? '' : isSame ? words.compareSame : words.compareOther;
    verdict.classList.toggle('same', isSame);
  });
  const grouped = (fingerprint.toUpperCase().match(FINGERPRINT_GROUP) ?? []).join(' ');
  return element(
    'div',
    {},
    element('h2', {}, words.keyHeading),
    element('p', {}, words.keyAdvice),
    table([
      [words.keyName, name],
      [words.fingerprint, element('code', { class: 'fingerprint' }, grouped)],
    ]),
    element('div', { class: 'no-print' }, element('label', { for: 'told' }, words.compare), input, verdict),
  );
}

function table(rows: [string, Node | string][]): HTMLElement {
  const lines = rows.map(([name, value]) =>
    element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value)),
  );
  return element('table', {}, element('tbody', {}, ...lines));
}

function factsView({ recording, manifest, log }: EvidenceResult, words: Words, language: Language): HTMLElement {
  const view = element('div', {});
  if (!recording) return view;
  const at = (instant: string) => `${dateTime(new Date(instant), language)} (${instant})`;
  const seconds = (ms: number) => fill(words.seconds, { seconds: (ms / 1000).toFixed(1) });
  const facts: [FactName, string | null | undefined][] = [
    ['recordingStart', at(recording.startedAt)],
    ['duration', recording.durationMs === null ? null : seconds(recording.durationMs)],
    ['completeness', words.completeness[recording.completeness]],
    ['missing', manifest?.audio.missingMs ? seconds(manifest.audio.missingMs) : null],
    ['direction', manifest && words.direction[manifest.call.direction]],
    ['number', manifest && (manifest.call.number ?? words.withheld)],
    ['dialled', manifest && [manifest.call.line?.name, manifest.call.dialled].filter(Boolean).join(' ')],
    ['desk', manifest?.call.desk?.name],
    ['phone', manifest?.call.phone?.name],
    ['reason', manifest?.reason],
    ['createdAt', manifest && at(manifest.createdAt)],
    ['createdBy', manifest && `${manifest.createdBy.name} (${manifest.createdBy.login})`],
    ['recordingId', recording.recordingId],
    ['callId', recording.callId],
    ['audioHash', recording.sha256],
    ['logPlace', log && fill(words.logPlace, { ...log })],
  ];
  const rows = facts.flatMap(([name, value]): [string, string][] => (value ? [[words.facts[name], value]] : []));
  replace(view, element('h2', {}, words.factsHeading), table(rows));
  return view;
}

/** Empty when nobody outside vouches for the log. */
function vouchersView(result: EvidenceResult, words: Words, language: Language): HTMLElement {
  const { checks, timestamp, cosignatures } = result;
  const isStamped = checks.some(({ id, outcome }) => id === 'timestamp' && outcome === 'passed');
  if (!isStamped && cosignatures.length === 0) return element('div', {});
  const stamp = timestamp
    ? [dateTime(timestamp.at, language), ...(timestamp.by ? [timestamp.by] : [])].join(' — ')
    : words.timestampUnread;
  const signatures = cosignatures.map(({ name, keyId, at, verified }): [string, string] => {
    const facts = [`${name} (${keyId})`, ...(at ? [dateTime(at, language)] : [])];
    return [words.cosignature, [...facts, verified ? words.cosigned : words.cosignatureUnchecked].join(' — ')];
  });
  const note = (text: string) => element('p', { class: 'muted' }, text);
  return element(
    'div',
    {},
    element('h2', {}, words.vouchersHeading),
    table([...(isStamped ? [[words.timestamp, stamp] as [string, string]] : []), ...signatures]),
    ...(isStamped ? [note(words.timestampAdvice)] : []),
    ...(signatures.length > 0 ? [note(words.cosignatureAdvice)] : []),
  );
}

/** In Japan's time, wherever it is read: the call was there. */
const dateTime = (date: Date, language: Language) =>
  new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', {
    ...{ dateStyle: 'long', timeStyle: 'medium', timeZone: 'Asia/Tokyo' },
  }).format(date);

const verifiedAt = (at: Date, words: Words, language: Language) =>
  element('p', { class: 'muted' }, `${words.verifiedAt}: ${dateTime(at, language)}`);
