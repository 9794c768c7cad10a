import { DenwabanError } from '../../platform/errors.ts';
import { MOST_RECORDINGS } from './export.schema.ts';

export class NothingToExportError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'nothing-to-export';
  constructor() {
    super('条件に合う、終了した通話がありません。検索条件を確かめてください。');
  }
}

export class ExportTooLargeError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'export-too-large';
  constructor() {
    const most = MOST_RECORDINGS.toLocaleString('en');
    super(`一度に書き出せるのは${most}件までです。期間を区切るなどして、何回かに分けてください。`, {
      most: MOST_RECORDINGS,
    });
  }
}

export class ExportExpiredError extends DenwabanError {
  readonly status = 410;
  readonly errorId = 'export-expired';
  constructor() {
    super('この書き出しは有効期限を過ぎています。必要な場合は、もう一度書き出しを作成してください。');
  }
}

/** The reason that was given is that of one person. */
export class ExportOfSomebodyElseError extends DenwabanError {
  readonly status = 403;
  readonly errorId = 'export-of-somebody-else';
  constructor() {
    super(
      'この書き出しをダウンロードできるのは、作成した人だけです。必要な場合は、理由を入力して新しく作成してください。',
    );
  }
}

export class PassphraseNeededError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'passphrase-needed';
  constructor() {
    super(
      'パスフレーズをもう一度入力してください。パスフレーズは保存されないため、時間がたったときや装置の再起動の後には、入力し直す必要があります。',
    );
  }
}

export class ExportNotEncryptedError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'export-not-encrypted';
  constructor() {
    super('この書き出しは、パスフレーズなしで作成されています。');
  }
}

export class ExportRunningError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'export-running';
  constructor() {
    super(
      'この書き出しは、いまダウンロード中です。終わるのを待つか、ダウンロードを中止して30秒ほどたってからお試しください。',
    );
  }
}

export class TooManyExportsError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'too-many-exports';
  constructor() {
    super('ほかの書き出しがダウンロード中です。通話と再生を妨げないよう、終わってからもう一度お試しください。');
  }
}
