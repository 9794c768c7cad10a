/**
 * Codes that staff press on a phone, in one table: features.conf and the dialplan match it (phone-codes.spec.ts), and the API
 * shows it, so that an office can print what to press.
 */
export interface PhoneCode {
  id: string;
  /** What is pressed; `argument` follows. */
  code: `*${string}`;
  /** `talking` = during a conversation; `idle` = dialled like a number. */
  when: 'talking' | 'idle';
  /** What is pressed after the code: an extension, the number of a parking place, or a number of the configuration. */
  argument: 'extension' | 'slot' | 'number' | null;
  name: string;
}

export const PHONE_CODES = [
  { id: 'mark', code: '*1', when: 'talking', argument: null, name: 'カスハラの印を付ける' },
  { id: 'warn-recording', code: '*2', when: 'talking', argument: null, name: '録音中の注意を流す' },
  { id: 'warn-final', code: '*3', when: 'talking', argument: null, name: '最後の注意を流す' },
  { id: 'park', code: '*4', when: 'talking', argument: null, name: '通話を預ける(パーク保留)' },
  { id: 'keep-recording', code: '*5', when: 'talking', argument: null, name: 'この録音を保存する' },
  { id: 'pause-recording', code: '*6', when: 'talking', argument: null, name: '録音を一時停止・再開する' },
  { id: 'attended-transfer', code: '*7', when: 'talking', argument: 'extension', name: '相手に確かめてから転送する' },
  { id: 'blind-transfer', code: '*8', when: 'talking', argument: 'extension', name: 'そのまま転送する' },
  { id: 'end', code: '*9', when: 'talking', argument: null, name: '終了の準備、30秒以内にもう一度押すと告げて終了' },
  { id: 'listen', code: '*31', when: 'idle', argument: 'extension', name: '通話を聴く' },
  { id: 'whisper', code: '*32', when: 'idle', argument: 'extension', name: '職員だけにささやく' },
  { id: 'join', code: '*33', when: 'idle', argument: 'extension', name: '通話に加わる' },
  { id: 'pick-up', code: '*4', when: 'idle', argument: 'slot', name: '預けた通話を取る' },
  { id: 'close-now', code: '*6', when: 'idle', argument: 'number', name: 'ただいまから本日24時まで閉庁にする' },
  { id: 'back-to-normal', code: '*7', when: 'idle', argument: 'number', name: '臨時の閉庁を取り消す' },
  { id: 'record-notice', code: '*50', when: 'idle', argument: 'number', name: '告知を録音する(許可された電話機だけ)' },
  {
    id: 'hear-notice',
    code: '*51',
    when: 'idle',
    argument: 'number',
    name: '録音した告知を聴く(許可された電話機だけ)',
  },
] as const satisfies readonly PhoneCode[];

export type PhoneCodeId = (typeof PHONE_CODES)[number]['id'];

/** @returns what is pressed for it */
export const phoneCode = (id: PhoneCodeId): string => PHONE_CODES.find((one) => one.id === id)?.code ?? '';
