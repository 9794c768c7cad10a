import { DenwabanError } from '../platform/errors.ts';

export class TooManyStreamsError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'too-many-streams';
  constructor() {
    super('通話状況を表示している画面が多すぎます。使っていない画面を閉じてください。');
  }
}
