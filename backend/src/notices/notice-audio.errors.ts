import { DenwabanError } from '../platform/errors.ts';
import { LONGEST_SECONDS, SHORTEST_MS, type SoundRefusal } from './sound-judgement.ts';
import { SOUND_KIND_NAMES } from './sound-kind.ts';

export class SoundTooLargeError extends DenwabanError {
  readonly status = 413;
  readonly errorId = 'sound-too-large';
  constructor(mostBytes: number) {
    super(`ファイルが大きすぎます。${Math.floor(mostBytes / 1024 / 1024)} MB以内の音声ファイルを選んでください。`, {
      mostBytes,
    });
  }
}

export class SoundUnreadableError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'sound-unreadable';
  constructor(reason: 'unknown-kind' | 'no-aac' | 'damaged') {
    super(WORDS[reason], { reason, kinds: SOUND_KIND_NAMES });
  }
}

const WORDS = {
  'unknown-kind': `音声ファイルとして読み取れませんでした。${SOUND_KIND_NAMES.join('・')} のいずれかのファイルを選んでください。`,
  'no-aac':
    'M4Aのファイルを読み取れませんでした。壊れているか、AAC以外の形式です。録音した機器やパソコンで、WAVかMP3に変換してから選んでください。',
  damaged: '音声ファイルが壊れているか、途中で切れています。もとのファイルを確かめて、もう一度お試しください。',
};

export class SoundUnfitError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'sound-unfit';
  constructor(reason: SoundRefusal) {
    super(UNFIT[reason], { reason, shortestMs: SHORTEST_MS, longestMs: LONGEST_SECONDS * 1000 });
  }
}

const UNFIT: Record<SoundRefusal, string> = {
  'too-short': '音声が短すぎます。0.5秒以上の音声にしてください。',
  'too-long': `音声が長すぎます。${LONGEST_SECONDS / 60}分以内の音声にしてください。`,
  silent: '声が聞き取れません。無音か、音がとても小さいようです。マイクや録音の音量を確かめてください。',
};

export class SoundBrokenOffError extends DenwabanError {
  readonly status = 400;
  readonly errorId = 'sound-broken-off';
  constructor() {
    super('音声ファイルの送信が途中で切れました。何も保存していません。もう一度お試しください。');
  }
}

export class SoundRoomMissingError extends DenwabanError {
  readonly status = 507;
  readonly errorId = 'sound-room-missing';
  constructor() {
    super('装置の空き容量が足りないため、保存しませんでした。空き容量を増やしてから、もう一度お試しください。');
  }
}

export class SoundToolsBusyError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'sound-tools-busy';
  constructor() {
    super('ほかの音声を処理しています。少し待ってから、もう一度お試しください。');
  }
}

export class SpeechFailedError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'speech-failed';
  constructor() {
    super('音声を作れませんでした。文章やよみを変えて、もう一度お試しください。続くときは管理者に連絡してください。');
  }
}

export class TooMuchAudioError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'too-much-audio';
  constructor(most: number) {
    super(`保存できる音声は${most}件までです。使っていない音声を削除してください。`, { most });
  }
}

export class AudioInUseError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'audio-in-use';
  constructor(usedBy: readonly { id: string; name: string }[]) {
    const names = usedBy.map(({ name }) => `「${name}」`).join('');
    super(`告知${names}で使っている音声なので、削除できません。告知の音声を変えてから削除してください。`, { usedBy });
  }
}
