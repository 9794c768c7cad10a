import { nationalNumber } from '../asterisk/dialplan-names.ts';
import type { Line } from '../lines/line.schema.ts';
import { isOwnAudio } from '../notices/notice-audio-id.ts';
import type { Notice } from '../notices/notice.schema.ts';
import { SHIPPED_AUDIO } from '../notices/shipped-notices.ts';
import { emergencyDialling } from '../phones/emergency-numbers.ts';
import type { Phone } from '../phones/phone.schema.ts';
import { STANDARD_CLASS } from '../recordings/recording-class.schema.ts';
import { findRecordingRuleProblems } from '../recordings/rules/recording-rule-problems.ts';
import type { ConfigurationDocument, ConfigurationProblem } from './configuration.schema.ts';
import { findSecretProblems } from './document-secrets.ts';
import { findFlowProblems, type FlowTargets } from './flow-problems.ts';
import { findOutgoingProblems } from './outgoing-problems.ts';

/**
 * Everything wrong with a document beyond its shape: dangling names, doubled ids and numbers, flows that loop or cannot be
 * reached, missing audio. A document without problems renders, and its flows can be walked to an end.
 * @returns problems in the order of the document; `path` is a JSON pointer, `problemId` stable
 */
export function findConfigurationProblems(document: ConfigurationDocument): ConfigurationProblem[] {
  const targets = flowTargets(document);
  return [
    ...doubledIds(document),
    ...sharedAddresses(document),
    ...sharedAccounts(document),
    ...phoneProblems(document),
    ...findOutgoingProblems(document),
    ...findSecretProblems(document),
    ...deskProblems(document),
    ...outgoingNoticeProblems(document),
    ...missingAudio(document),
    ...noticeRecordingProblems(document),
    ...classProblems(document),
    ...findRecordingRuleProblems(document),
    ...scheduleProblems(document),
    ...document.lines.flatMap((line, index) => lineProblems(document, line, index, targets)),
  ];
}

function doubledIds(document: ConfigurationDocument): ConfigurationProblem[] {
  const lists = [
    { list: 'trunks', word: '外線', ids: document.trunks.map(({ id }) => id) },
    { list: 'phones', word: '電話機', ids: document.phones.map(({ id }) => id) },
    { list: 'desks', word: '窓口', ids: document.desks.map(({ id }) => id) },
    { list: 'notices', word: '告知', ids: document.notices.map(({ id }) => id) },
    { list: 'schedules', word: '開庁時間', ids: (document.schedules ?? []).map(({ id }) => id) },
    { list: 'lines', word: '着信番号', ids: document.lines.map(({ id }) => id) },
    { list: 'recordings/classes', word: '保存区分', ids: document.recordings.classes.map(({ id }) => id) },
    { list: 'recordings/rules', word: '録音ルール', ids: (document.recordings.rules ?? []).map(({ id }) => id) },
  ];
  return lists.flatMap(({ list, word, ids }) =>
    doubled(ids, (id) => id).map(({ index, key, firstIndex }) => ({
      path: `/${list}/${index}/id`,
      problemId: 'duplicate-id',
      message: `${word}のID「${key}」が重複しています(${firstIndex + 1}番目と${index + 1}番目)。どちらかのIDを変更してください。`,
    })),
  );
}

/** A peer is recognised by its address alone; accounts at one registrar are told apart by what we register. */
function sharedAddresses(document: ConfigurationDocument): ConfigurationProblem[] {
  const peers = [
    ...document.trunks.map(({ host, name, type }, index) => ({ host, name, type, path: `/trunks/${index}/host` })),
    ...(document.pbx
      ? [{ host: document.pbx.host, name: document.pbx.name, type: 'pbx' as const, path: '/pbx/host' }]
      : []),
  ];
  return doubled(peers, ({ host }) => host).flatMap(({ item, first }) =>
    item.type === 'registration' && first.type === 'registration'
      ? []
      : {
          path: item.path,
          problemId: 'shared-address',
          message: `「${item.name}」と「${first.name}」のIPアドレスがどちらも ${item.host} です。相手はIPアドレスで見分けますので、別のアドレスにしてください(同じ機器に登録する外線どうしは、ユーザー名が違えば同じアドレスで使えます)。`,
        },
  );
}

function sharedAccounts({ trunks }: ConfigurationDocument): ConfigurationProblem[] {
  const accounts = trunks.flatMap((trunk, index) =>
    trunk.type === 'registration' ? { ...trunk, path: `/trunks/${index}/user` } : [],
  );
  return doubled(accounts, ({ host, user }) => `${user}@${host}`).map(({ item, first }) => ({
    path: item.path,
    problemId: 'shared-account',
    message: `外線「${item.name}」と「${first.name}」が、同じ機器(${item.host})に同じユーザー名「${item.user}」で登録しようとしています。外線を1つにまとめるか、別のユーザー名にしてください。`,
  }));
}

function phoneProblems(document: ConfigurationDocument): ConfigurationProblem[] {
  const shared = doubled(document.phones, ({ extension }) => extension).map(({ index, item, first }) => ({
    path: `/phones/${index}/extension`,
    problemId: 'duplicate-extension',
    message: `内線番号 ${item.extension} が「${first.name}」と「${item.name}」で重複しています。どちらかの内線番号を変更してください。`,
  }));
  const emergency = emergencyDialling(document.outgoing?.prefix);
  const single = document.phones.flatMap((phone, index): ConfigurationProblem[] => [
    ...(emergency.has(phone.extension)
      ? [
          {
            path: `/phones/${index}/extension`,
            problemId: 'emergency-extension',
            message: `電話機「${phone.name}」の内線番号 ${phone.extension} は緊急通報の番号です。別の内線番号にしてください。`,
          },
        ]
      : []),
    ...(phone.type === 'pbx' && !document.pbx
      ? [
          {
            path: `/phones/${index}/type`,
            problemId: 'pbx-missing',
            message: `電話機「${phone.name}」は主装置につながる電話機ですが、主装置が設定されていません。主装置を設定してください。`,
          },
        ]
      : []),
  ]);
  return [...shared, ...single];
}

function deskProblems({ desks, phones }: ConfigurationDocument): ConfigurationProblem[] {
  const known = new Set(phones.map(({ id }) => id));
  return desks.flatMap(({ name, members, supervisors = [] }, deskIndex) => [
    ...supervisors.flatMap((supervisor, index) =>
      known.has(supervisor)
        ? []
        : {
            path: `/desks/${deskIndex}/supervisors/${index}`,
            problemId: 'unknown-phone',
            message: `窓口「${name}」の監督者の電話機「${supervisor}」は登録されていません。登録済みの電話機を選んでください。`,
          },
    ),
    ...members.flatMap((member, index) =>
      known.has(member)
        ? []
        : {
            path: `/desks/${deskIndex}/members/${index}`,
            problemId: 'unknown-phone',
            message: `窓口「${name}」の電話機「${member}」は登録されていません。登録済みの電話機を選んでください。`,
          },
    ),
    ...doubled(members, (member) => member).map(({ index, item }) => ({
      path: `/desks/${deskIndex}/members/${index}`,
      problemId: 'repeated-member',
      message: `窓口「${name}」に電話機「${item}」が2回入っています。1つにしてください。`,
    })),
  ]);
}

/** Whether the sounds that an office made are there is asked where they are kept (`missingOwnAudio`). */
const missingAudio = ({ notices }: ConfigurationDocument): ConfigurationProblem[] =>
  audioProblems(notices, (audio) => SHIPPED_AUDIO.has(audio) || isOwnAudio(audio));

/** @param known ids of the sounds that the office made */
export const missingOwnAudio = (
  { notices }: ConfigurationDocument,
  known: ReadonlySet<string>,
): ConfigurationProblem[] => audioProblems(notices, (audio) => !isOwnAudio(audio) || known.has(audio));

const audioProblems = (notices: readonly Notice[], isThere: (audio: string) => boolean): ConfigurationProblem[] =>
  notices.flatMap(({ name, audio }, index) =>
    isThere(audio)
      ? []
      : {
          path: `/notices/${index}/audio`,
          problemId: 'missing-audio',
          message: `告知「${name}」の音声「${audio}」がありません。備え付けの音声か、「告知」の画面で登録した音声から選んでください。`,
        },
  );

function noticeRecordingProblems({ noticeRecording, phones }: ConfigurationDocument): ConfigurationProblem[] {
  const path = '/noticeRecording/phones';
  return unregisteredPhones(noticeRecording?.phones ?? [], phones, path, {
    ...{ problemId: 'recording-phone-behind-pbx', use: '告知の録音', whose: '告知の録音に使う' },
  });
}

/**
 * Behind the pbx every phone says of itself who it is; only one that registers is known.
 * @param words what the phones are for, and whose they are
 */
function unregisteredPhones(
  ids: readonly string[],
  phones: readonly Phone[],
  path: string,
  { problemId, use, whose }: { problemId: string; use: string; whose: string },
): ConfigurationProblem[] {
  const byId = new Map(phones.map((phone) => [phone.id, phone]));
  return ids.flatMap((id, index) => {
    const at = `${path}/${index}`;
    const phone = byId.get(id);
    if (phone?.type === 'sip') return [];
    if (phone) {
      const message = `電話機「${phone.name}」は主装置につながる電話機なので、${use}には使えません。電話番に直接つながる電話機を選んでください。`;
      return [{ path: at, problemId, message }];
    }
    const message = `${whose}電話機「${id}」は登録されていません。登録済みの電話機を選んでください。`;
    return [{ path: at, problemId: 'unknown-phone', message }];
  });
}

function outgoingNoticeProblems({ desks, notices }: ConfigurationDocument): ConfigurationProblem[] {
  const known = new Set(notices.map(({ id }) => id));
  return desks.flatMap(({ name, outgoingNotice }, index) =>
    outgoingNotice === undefined || known.has(outgoingNotice)
      ? []
      : {
          path: `/desks/${index}/outgoingNotice`,
          problemId: 'unknown-notice',
          message: `窓口「${name}」の発信時の告知「${outgoingNotice}」は登録されていません。登録済みの告知を選んでください。`,
        },
  );
}

function classProblems({ recordings }: ConfigurationDocument): ConfigurationProblem[] {
  if (recordings.classes.some(({ id }) => id === STANDARD_CLASS)) return [];
  return [
    {
      path: '/recordings/classes',
      problemId: 'standard-class-missing',
      message: `保存区分「${STANDARD_CLASS}」がありません。ほかに指定のない録音が使いますので、残しておいてください。`,
    },
  ];
}

function scheduleProblems({ schedules = [], phones }: ConfigurationDocument): ConfigurationProblem[] {
  const codes = doubled(schedules, ({ id, code }) => code ?? `without ${id}`).flatMap(({ item, index, first }) =>
    item.code === undefined
      ? []
      : {
          path: `/schedules/${index}/code`,
          problemId: 'duplicate-code',
          message: `開庁時間「${first.name}」と「${item.name}」の電話機用の番号がどちらも ${item.code} です。別の番号にしてください。`,
        },
  );
  const parts = schedules.flatMap(({ name, specialDays, switchPhones = [] }, scheduleIndex) => [
    ...doubled(specialDays, ({ day }) => day).map(({ index, item }) => ({
      path: `/schedules/${scheduleIndex}/specialDays/${index}/day`,
      problemId: 'duplicate-day',
      message: `開庁時間「${name}」に特別な日 ${item.day} が2回入っています。1つにしてください。`,
    })),
    ...unregisteredPhones(switchPhones, phones, `/schedules/${scheduleIndex}/switchPhones`, {
      ...{ problemId: 'switch-phone-behind-pbx', use: `開庁時間「${name}」の切り替え` },
      whose: `開庁時間「${name}」を切り替える`,
    }),
  ]);
  return [...codes, ...parts];
}

const flowTargets = (document: ConfigurationDocument): FlowTargets => ({
  notices: new Set(document.notices.map(({ id }) => id)),
  desks: new Set(document.desks.map(({ id }) => id)),
  announcedDesks: new Set(document.desks.filter(({ notice }) => notice === 'required').map(({ id }) => id)),
  schedules: new Set((document.schedules ?? []).map(({ id }) => id)),
  ownNumbers: new Set(document.lines.map(({ number }) => nationalNumber(number))),
});

function lineProblems(
  document: ConfigurationDocument,
  line: Line,
  index: number,
  targets: FlowTargets,
): ConfigurationProblem[] {
  const path = `/lines/${index}`;
  const number = nationalNumber(line.number);
  const earlier = document.lines
    .slice(0, index)
    .find((other) => other.trunk === line.trunk && nationalNumber(other.number) === number);
  return [
    ...(document.trunks.some(({ id }) => id === line.trunk)
      ? []
      : [
          {
            path: `${path}/trunk`,
            problemId: 'unknown-trunk',
            message: `着信番号「${line.name}」の外線「${line.trunk}」は登録されていません。登録済みの外線を選んでください。`,
          },
        ]),
    ...(earlier
      ? [
          {
            path: `${path}/number`,
            problemId: 'duplicate-number',
            message: `番号 ${line.number} が、同じ外線の着信番号「${earlier.name}」と「${line.name}」で重複しています。どちらかの番号を変更してください。`,
          },
        ]
      : []),
    ...findFlowProblems(line, `${path}/flow`, targets),
  ];
}

interface Doubled<T> {
  item: T;
  index: number;
  key: string;
  first: T;
  firstIndex: number;
}

/** Every item whose key an earlier one has already. */
function doubled<T>(items: readonly T[], keyOf: (item: T) => string): Doubled<T>[] {
  const seen = new Map<string, { item: T; index: number }>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first) return { item, index, key, first: first.item, firstIndex: first.index };
    seen.set(key, { item, index });
    return [];
  });
}
