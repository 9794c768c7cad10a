import type { Notice } from './notice.schema.ts';

/** 告知 that come with the box, spoken from `asterisk/prompts/prompts.json`, which says the same. */
export const SHIPPED_NOTICES: readonly Notice[] = [
  shipped(
    'recording-notice',
    '録音告知',
    'お電話ありがとうございます。この通話は、内容の確認と応対の向上のため、録音しております。',
  ),
  shipped('recording-notice-short', '録音告知(短い)', 'この通話は録音されます。'),
  shipped('please-wait', 'おつなぎします', '担当の窓口におつなぎします。このままお待ちください。'),
  shipped(
    'no-answer',
    '応答なし',
    'ただいま、電話に出ることができません。恐れ入りますが、しばらくたってから、おかけ直しください。',
  ),
  shipped(
    'all-busy',
    '混雑',
    'ただいま、電話が大変混み合っております。恐れ入りますが、しばらくたってから、おかけ直しください。',
  ),
  shipped(
    'closed',
    '時間外',
    '本日の業務は終了いたしました。恐れ入りますが、開庁時間内に、あらためておかけ直しください。',
  ),
  shipped('closed-day', '閉庁日', '本日は閉庁日です。恐れ入りますが、開庁日に、あらためておかけ直しください。'),
  shipped(
    'refusal',
    '着信のお断り',
    '申し訳ございませんが、おかけになった電話番号からのお電話は、お受けすることができません。',
  ),
  shipped(
    'withheld-request',
    '番号通知のお願い',
    '恐れ入りますが、電話番号の前に、1、8、6を付けて、番号を通知しておかけ直しください。',
  ),
  shipped('warning-recording', '録音中の注意', 'この通話は録音しております。'),
  shipped(
    'warning',
    '注意',
    '大きな声や、職員を傷つけるご発言は、お控えください。このまま続く場合は、お電話を終わらせていただくことがあります。',
  ),
  shipped(
    'warning-final',
    '最後の注意',
    'このまま続けられる場合は、お話をうかがうことができません。お電話を終了いたします。',
  ),
  shipped('ending', '通話の終了', '申し訳ございませんが、これ以上の対応はいたしかねます。この通話を終了いたします。'),
  shipped(
    'long-call',
    '長時間の通話',
    'お電話が長くなっております。恐れ入りますが、ご用件をまとめてお話しくださいますよう、お願いいたします。',
  ),
  shipped('hold', '保留', 'ただいま、保留しております。このままお待ちください。'),
  shipped(
    'long-call-second',
    '長時間の通話(2回目)',
    'お電話が大変長くなっております。恐れ入りますが、ほかのかたもお待ちですので、まもなく終わらせていただきます。',
  ),
  shipped(
    'long-call-last',
    '長時間の通話(終了)',
    'お電話が長時間に及んでおりますので、恐れ入りますが、この通話を終了いたします。',
  ),
  shipped(
    'menu',
    '案内メニュー',
    '職員とお話しになる場合は、いちを、折り返しのお電話をご希望の場合は、にを、押してください。',
  ),
  shipped('menu-invalid', '使われない番号', 'その番号は使われておりません。もう一度、押してください。'),
  shipped('menu-no-key', '番号が押されない', '番号が確認できませんでした。もう一度、押してください。'),
  shipped(
    'message-request',
    '用件録音の案内',
    '発信音のあとに、お名前、お電話番号、ご用件をおっしゃってください。終わりましたら、シャープを押すか、そのまま電話をお切りください。',
  ),
  shipped('message-thanks', '用件録音のお礼', 'ご用件を承りました。お電話ありがとうございました。'),
  shipped('transfer', '転送', '担当の者におつなぎいたします。このままお待ちください。'),
];

/** Names of the prompts a notice may play. */
export const SHIPPED_AUDIO: ReadonlySet<string> = new Set(SHIPPED_NOTICES.map(({ audio }) => audio));

function shipped(id: string, name: string, text: string): Notice {
  return { id, name, text, audio: id };
}
