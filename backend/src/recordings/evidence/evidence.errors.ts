import { DenwabanError } from '../../platform/errors.ts';

/** What the box would hand out now is not what it logged: no evidence is made of it. */
export class RecordingNotAsLoggedError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'recording-not-as-logged';
  constructor(recordingId: string) {
    super(
      '録音またはその記録が、操作記録ログに登録されたものと一致しないため、証拠一式を作成できません。書き換えられた可能性があります。操作記録の検証を実行し、システム管理者に連絡してください。',
      { recordingId },
    );
  }
}

/** The program is not whole. */
export class VerifierPageMissingError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'verifier-page-missing';
  constructor() {
    super(
      '証拠一式に入れる検証の画面が見つかりません。プログラムの更新が途中の可能性があります。システム管理者に連絡してください。',
    );
  }
}
