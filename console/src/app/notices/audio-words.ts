import { type NoticeAudio, type SoundWarning } from '../api/generated/models.ts';

export const SOURCES: Record<NoticeAudio['source'], string> = {
  shipped: $localize`:@@audioSource.shipped:備え付け`,
  upload: $localize`:@@audioSource.upload:ファイル`,
  speech: $localize`:@@audioSource.speech:読み上げ`,
  phone: $localize`:@@audioSource.phone:電話機で録音`,
};

export const WARNINGS: Record<SoundWarning, string> = {
  quiet: $localize`:@@soundWarning.quiet:音が小さめです`,
  clipped: $localize`:@@soundWarning.clipped:音が割れています`,
  'mostly-silent': $localize`:@@soundWarning.mostlySilent:無音の部分が長めです`,
  long: $localize`:@@soundWarning.long:1分を超えています`,
};

/** E.g. 3.4秒. */
export const seconds = (durationMs: number): string => {
  const value = (durationMs / 1000).toFixed(1);
  return $localize`:@@audio.seconds:${value}:seconds:秒`;
};

export const soundUrl = ({ id, source }: Pick<NoticeAudio, 'id' | 'source'>): string =>
  source === 'shipped' ? `/api/v1/notice-audio/shipped?audio=${id}` : `/api/v1/notice-audio/${id}/sound`;
