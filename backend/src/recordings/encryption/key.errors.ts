import { DenwabanError } from '../../platform/errors.ts';

/** The key of a recording, or of its class and month, has been destroyed: nobody will ever hear it again. */
export class RecordingKeyGoneError extends DenwabanError {
  readonly status = 410;
  readonly errorId = 'recording-key-gone';
  constructor(recordingId: string) {
    super('この録音の鍵は廃棄されています。録音を聞くことはできません。廃棄の記録は操作記録に残っています。', {
      recordingId,
    });
  }
}

/** Nothing is lost: with the right master key, from the recovery kit for instance, everything opens again. */
export class MasterKeyUnknownError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'master-key-unknown';
  readonly masterKeyId: string;

  constructor(masterKeyId: string) {
    super(
      'この録音を開くためのマスター鍵がありません。録音は失われていません。復旧シートのマスター鍵を戻すと再び聞けます。',
      { masterKeyId },
    );
    this.masterKeyId = masterKeyId;
  }
}

/** A wrapped key is not what was stored, or stands in another one's place. */
export class WrappedKeyAlteredError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'wrapped-key-altered';
  readonly binding: string;

  constructor(binding: string) {
    super('録音の鍵が保存後に変わっています。改ざんまたは故障が考えられます。システム管理者に連絡してください。', {
      binding,
    });
    this.binding = binding;
  }
}

/** Written by a newer version. */
export class KeyFormatUnknownError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'key-format-unknown';
  constructor(version: number) {
    super('録音の鍵がこの版では扱えない形式です。新しい版の電話番を使ってください。', { version });
  }
}

/** Recordings still need the key of this class and month. */
export class ClassKeyInUseError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'class-key-in-use';
  constructor(className: string) {
    super('この保存区分・年月の鍵は、まだ残っている録音に使われています。廃棄しませんでした。', { className });
  }
}

/** systemd hands the key over and only its administrator can change it. */
export class MasterKeyIsCredentialError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'master-key-is-credential';
  constructor() {
    super(
      'マスター鍵は systemd の資格情報(denwaban-master-key)です。この操作では更新できません。今の鍵を secrets/master-key に置き、資格情報の設定を外して再起動してから、もう一度実行してください。',
    );
  }
}

/** There is no master key where it should be, or what is there is none, or others can read it. */
export class MasterKeyUnusableError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'master-key-unusable';
  readonly path: string;
  readonly problem: keyof typeof MASTER_KEY_PROBLEMS;

  constructor(path: string, problem: keyof typeof MASTER_KEY_PROBLEMS) {
    super(MASTER_KEY_PROBLEMS[problem], { problem });
    this.path = path;
    this.problem = problem;
  }
}

const MASTER_KEY_PROBLEMS = {
  missing:
    'マスター鍵が見つかりません。これまでの録音は失われていませんが、鍵を戻すまで聞けません。復旧シートから鍵を戻してください。',
  damaged: 'マスター鍵のファイルが壊れています。復旧シートから鍵を戻してください。',
  'readable-by-others':
    'マスター鍵のファイルを他の利用者が読める状態です。権限を 0600 に直し、鍵の更新を検討してください。',
} as const;
