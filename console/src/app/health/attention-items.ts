import { type HealthCheck, type HealthDetails, type HealthStatus } from '../api/generated/models.ts';
import { headroomWords } from './headroom-words.ts';

/** One thing somebody should do something about. */
export interface AttentionItem {
  id: string;
  urgent: boolean;
  what: string;
  /** The box's own words about it, in Japanese. */
  detail: string | null;
  todo: string;
  since: string | null;
}

/** 対応が必要なこと, the urgent first. A phone that is switched off is not the box's trouble and is not told here. */
export function attentionItems({ checks, trunks, pbx, storage }: HealthDetails): AttentionItem[] {
  const items = [
    ...checks.filter(({ status }) => status !== 'ok').map((check) => ofHeadroom(check, storage) ?? ofCheck(check)),
    ...trunks.filter(({ status }) => status !== 'ok').map(ofTrunk),
    ...(pbx && pbx.status !== 'ok' ? [ofPbx(pbx)] : []),
  ];
  return items.sort((a, b) => Number(b.urgent) - Number(a.urgent));
}

interface Part {
  name: string;
  /** What to do when it does not run, and when it runs with trouble. */
  down: string;
  degraded: string;
  /** What is said of it then, where stopped or troubled is not the word. */
  what?: { down?: string; degraded?: string };
  /** What is said of it while all is well. @param told whether the box says more itself */
  well?: (told: boolean) => string;
}

const RESTART = $localize`:@@todo.restart:自動で復旧を試みています。数分待っても変わらない場合は、装置を再起動してください。`;
const SEE_DETAIL = $localize`:@@todo.seeDetail:上の内容を確認してください。解決しない場合は、保守の担当者に連絡してください。`;

const PARTS: Partial<Record<string, Part>> = {
  postgres: {
    name: $localize`:@@part.postgres:データベース`,
    down: $localize`:@@todo.postgres:通話と録音は続いています。数分待っても変わらない場合は、ディスクの空きを確認し、装置を再起動してください。`,
    degraded: SEE_DETAIL,
  },
  asterisk: { name: $localize`:@@part.asterisk:電話の交換部(Asterisk)`, down: RESTART, degraded: SEE_DETAIL },
  telephony: {
    name: $localize`:@@part.telephony:通話の制御`,
    down: $localize`:@@todo.telephony:電話は控えの設定で着信・録音を続けています。数分待っても変わらない場合は、装置を再起動してください。`,
    degraded: $localize`:@@todo.telephonyDegraded:録音については通話中の画面で該当の通話を、設定については直前の変更を確認してください。解決しない場合は、保守の担当者に連絡してください。`,
  },
  worker: {
    name: $localize`:@@part.worker:録音の保存処理`,
    down: $localize`:@@todo.worker:録音は録音スプールに残り、復旧後に保存されます。数分待っても変わらない場合は、装置を再起動してください。`,
    degraded: SEE_DETAIL,
  },
  spool: {
    name: $localize`:@@part.spool:録音スプール`,
    down: $localize`:@@todo.spoolDown:すぐに録音先のディスクの空きを増やしてください。空きができるまで、新しい通話は録音されません。`,
    degraded: $localize`:@@todo.spool:録音先のディスクの空きを増やしてください。`,
  },
  vault: {
    name: $localize`:@@part.vault:録音庫`,
    down: $localize`:@@todo.vault:録音庫のディスクの接続と空きを確認してください。つながるまで、録音は録音スプールに残ります。`,
    degraded: $localize`:@@todo.vaultDamaged:録音庫のディスクを点検し、バックアップからの復元を検討してください。`,
  },
  'vault-key': {
    name: $localize`:@@part.vaultKey:録音の鍵`,
    down: $localize`:@@todo.vaultKey:復旧シートを用意し、システム管理者に鍵を戻すよう依頼してください。電話と録音は続いています。`,
    degraded: SEE_DETAIL,
  },
  headroom: {
    name: $localize`:@@part.headroom:録音の保存先の空き`,
    down: SEE_DETAIL,
    degraded: SEE_DETAIL,
  },
  reconciliation: {
    name: $localize`:@@part.reconciliation:録音の照合`,
    down: $localize`:@@todo.reconciliationDown:録音庫のディスクとデータベースが、この装置の現在のものかを確認してください。確認できるまで、ファイルを消さないでください。`,
    degraded: $localize`:@@todo.reconciliation:「録音の照合」の画面で、食い違いの内容と対応を確認してください。`,
    what: {
      down: $localize`:@@what.reconciliationDown:食い違いが多すぎるため、録音の照合を止めました`,
      degraded: $localize`:@@what.reconciliation:録音の照合の結果を確認してください`,
    },
    well: (told) =>
      told
        ? $localize`:@@well.reconciliation:録音とファイルは一致しています。`
        : $localize`:@@well.reconciliationNever:まだ行われていません。毎日午前2時30分に自動で行います。`,
  },
  log: {
    name: $localize`:@@part.log:操作記録ログ`,
    what: { down: $localize`:@@what.logDown:操作記録ログの署名が止まっています` },
    down: $localize`:@@todo.log:操作記録の検証を実行し、保守の担当者に連絡してください。電話と録音は続いています。`,
    degraded: SEE_DETAIL,
  },
  timestamp: {
    name: $localize`:@@part.timestamp:タイムスタンプ`,
    down: SEE_DETAIL,
    degraded: $localize`:@@todo.timestamp:時刻認証局までの通信を確認してください。続く場合は、認証局との契約と証明書の期限を確認してください。`,
    what: { degraded: $localize`:@@what.timestamp:タイムスタンプの確認が必要です` },
    well: () => $localize`:@@well.timestamp:操作記録ログの署名に、時刻認証局のタイムスタンプが付いています。`,
  },
  witness: {
    name: $localize`:@@part.witness:立会いの署名`,
    down: $localize`:@@todo.witnessDown:操作記録の検証を実行し、立会い装置の管理者と、双方の記録を照らし合わせてください。`,
    degraded: $localize`:@@todo.witness:立会い装置の稼働と、そこまでの通信を確認してください。`,
    what: {
      down: $localize`:@@what.witnessDown:立会い装置が署名を拒否しました`,
      degraded: $localize`:@@what.witness:立会い装置の署名を得られていません`,
    },
    well: () => $localize`:@@well.witness:操作記録ログに、立会い装置の署名が付いています。`,
  },
  'witnessed-logs': {
    name: $localize`:@@part.witnessedLogs:他の装置への立会い`,
    down: SEE_DETAIL,
    degraded: $localize`:@@todo.witnessedLogs:その装置の管理者に連絡し、操作記録の検証を依頼してください。`,
    what: { degraded: $localize`:@@what.witnessedLogs:立ち会っている装置の操作記録ログに、矛盾があります` },
    well: () => $localize`:@@well.witnessedLogs:立ち会った操作記録ログに、矛盾はありません。`,
  },
  'notice-audio': {
    name: $localize`:@@part.noticeAudio:告知の音声`,
    down: SEE_DETAIL,
    degraded: $localize`:@@todo.noticeAudio:「告知」の画面で、音声を登録し直すか、備え付けの音声を選んでください。`,
    what: { degraded: $localize`:@@what.noticeAudio:告知の音声が見つからず、代わりの音声を流しています` },
  },
  voice: {
    name: $localize`:@@part.voice:文章の読み上げ`,
    down: SEE_DETAIL,
    degraded: SEE_DETAIL,
  },
  'block-rules': {
    name: $localize`:@@part.blockRules:着信規制`,
    down: SEE_DETAIL,
    degraded: $localize`:@@todo.blockRules:着信規制の担当者に、見直しを依頼してください。`,
    what: { degraded: $localize`:@@what.blockRules:着信規制の見直しの時期です` },
  },
  certificate: {
    name: $localize`:@@part.certificate:この画面の証明書`,
    down: $localize`:@@todo.certificate:装置を再起動すると、証明書が更新されます。`,
    degraded: $localize`:@@todo.certificate:装置を再起動すると、証明書が更新されます。`,
  },
};

/** Parts not known here are called by their id. */
export const partName = (checkId: string): string => PARTS[checkId]?.name ?? checkId;

/** What the table of parts says of one. `own` = in the box's own words, in Japanese. */
export function partDetail({ checkId, status, detail }: HealthCheck): { words: string; own: boolean } {
  const well = status === 'ok' ? PARTS[checkId]?.well : undefined;
  return well ? { words: well(detail !== null), own: false } : { words: detail ?? '－', own: detail !== null };
}

export const STATUS_WORDS: Record<HealthStatus, string> = {
  ok: $localize`:@@status.ok:正常`,
  degraded: $localize`:@@status.degraded:要確認`,
  down: $localize`:@@status.down:停止`,
};

function ofCheck({ checkId, status, detail, since }: HealthCheck): AttentionItem {
  const down = status === 'down';
  const name = partName(checkId);
  const part = PARTS[checkId];
  return {
    id: checkId,
    urgent: down,
    what:
      (down ? part?.what?.down : part?.what?.degraded) ??
      (down
        ? $localize`:@@attention.down:${name}:part:が止まっています`
        : $localize`:@@attention.degraded:${name}:part:に問題があります`),
    detail,
    todo: (down ? part?.down : part?.degraded) ?? SEE_DETAIL,
    since,
  };
}

function ofTrunk({ id, name, detail, status }: HealthDetails['trunks'][number]): AttentionItem {
  return {
    id: `trunk:${id}`,
    urgent: status === 'down',
    what: $localize`:@@attention.trunk:外線「${name}:trunk:」がつながっていません`,
    detail: detail === '' ? null : detail,
    todo: $localize`:@@todo.trunk:回線の機器(ゲートウェイ・終端装置)の電源とLANケーブルを確認してください。変わらない場合は、回線事業者に問い合わせてください。`,
    since: null,
  };
}

function ofPbx({ name, detail, status }: NonNullable<HealthDetails['pbx']>): AttentionItem {
  return {
    id: 'pbx',
    urgent: status === 'down',
    what: $localize`:@@attention.pbx:主装置「${name}:pbx:」がつながっていません`,
    detail: detail === '' ? null : detail,
    todo: $localize`:@@todo.pbx:主装置の電源とLANケーブルを確認してください。つながるまで、主装置の電話機は鳴りません。`,
    since: null,
  };
}

/** Told in words of its own, with how long it lasts. */
function ofHeadroom({ checkId, since }: HealthCheck, storage: HealthDetails['storage']): AttentionItem | null {
  const words = checkId === 'headroom' && storage ? headroomWords(storage) : null;
  if (!words) return null;
  return { id: checkId, urgent: words.kind === 'error', what: words.what, detail: null, todo: words.todo, since };
}
