import { DenwabanError } from '../platform/errors.ts';

export class SwitchTimeOutOfRangeError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'switch-time-out-of-range';
  constructor(longestDays: number) {
    super(
      `臨時の開閉の終わりは、今より後、${longestDays}日以内にしてください。それより長い変更は、開庁時間の設定で行ってください。`,
      { longestDays },
    );
  }
}
