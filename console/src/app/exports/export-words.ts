import { type AudioSide, type ExportFormat, type ExportState, type ListEncoding } from '../api/generated/models.ts';
import { type Sign } from '../calls/call-words.ts';

/** What each choice is for, in the words of somebody who has never heard of formats. */
export const FORMATS: readonly { id: ExportFormat; name: string; note: string }[] = [
  {
    id: 'mp3',
    name: $localize`:@@exportFormat.mp3:MP3`,
    note: $localize`:@@exportFormat.mp3Note:どのパソコンでも再生でき、容量が小さい形式です。音はわずかに変わります。`,
  },
  {
    id: 'wav',
    name: $localize`:@@exportFormat.wav:WAV`,
    note: $localize`:@@exportFormat.wavNote:どのパソコンでも再生でき、音が変わらない形式です。容量は大きくなります。`,
  },
  {
    id: 'flac',
    name: $localize`:@@exportFormat.flac:FLAC`,
    note: $localize`:@@exportFormat.flacNote:音が変わらず、容量はWAVの半分ほどの形式です。`,
  },
  {
    id: 'original',
    name: $localize`:@@exportFormat.original:保存された形式のまま`,
    note: $localize`:@@exportFormat.originalNote:録音庫に保存したときと1バイトも違わないファイルです。`,
  },
];

export const SIDES: readonly { id: AudioSide; name: string }[] = [
  { id: 'both', name: $localize`:@@exportSide.both:両方(左=相手側、右=職員側)` },
  { id: 'left', name: $localize`:@@exportSide.left:相手側の声だけ` },
  { id: 'right', name: $localize`:@@exportSide.right:職員側の声だけ` },
];

export const ENCODINGS: readonly { id: ListEncoding; name: string }[] = [
  { id: 'utf-8', name: $localize`:@@exportEncoding.utf8:UTF-8(Excelでそのまま開けます)` },
  { id: 'cp932', name: $localize`:@@exportEncoding.cp932:Shift_JIS(CP932、古い業務システム向け)` },
];

export const EXPORT_STATE: Record<ExportState, Sign> = {
  ready: { label: $localize`:@@exportState.ready:ダウンロードできます`, icon: 'download', tone: 'info' },
  running: { label: $localize`:@@exportState.running:ダウンロード中`, icon: 'waiting', tone: 'info' },
  completed: { label: $localize`:@@exportState.completed:完了`, icon: 'success', tone: 'success' },
  interrupted: { label: $localize`:@@exportState.interrupted:途中で中断`, icon: 'warning', tone: 'warning' },
  expired: { label: $localize`:@@exportState.expired:期限切れ`, icon: 'stopped', tone: '' },
};

export const formatName = (format: ExportFormat): string => FORMATS.find(({ id }) => id === format)?.name ?? format;
