import { DenwabanError } from '../platform/errors.ts';

export class LineUnknownError extends DenwabanError {
  readonly status = 404;
  readonly errorId = 'line-unknown';
  constructor(line: string) {
    super(`着信番号「${line}」は設定にありません。登録済みの着信番号を選んでください。`, { line });
  }
}
