import { type HeadroomLevel, type Storage } from '../api/generated/models.ts';
import { type NoticeKind } from '../ui/notice.ts';

type Left = Pick<Storage, 'hoursLeft' | 'daysLeft'>;

/** Beyond this, a number of days says nothing but that a box is new. */
const FORESEEABLE_DAYS = 3650;

/** 約12日分, 約30時間分 or 約40分間分: days as this office records, once they say more than hours. */
export function howLong({ hoursLeft, daysLeft }: Left): string {
  if (daysLeft !== null && daysLeft >= FORESEEABLE_DAYS) return $localize`:@@headroom.years:10年分以上`;
  if (daysLeft !== null && daysLeft >= 2) {
    return $localize`:@@headroom.days:約${Math.floor(daysLeft).toLocaleString('en')}:days:日分`;
  }
  if (hoursLeft >= 1) {
    return $localize`:@@headroom.hours:約${Math.floor(hoursLeft).toLocaleString('en')}:hours:時間分`;
  }
  return $localize`:@@headroom.minutes:約${Math.floor(hoursLeft * 60)}:minutes:分間分`;
}

export interface HeadroomWords {
  kind: NoticeKind;
  what: string;
  todo: string;
}

const MAKE_ROOM = $localize`:@@headroom.makeRoom:システム担当者に連絡し、録音の保存先のディスクを増やすか、不要なファイルを取り除いてください。`;

/** What is wrong and what to do; null while there is room enough. */
export function headroomWords(storage: Storage): HeadroomWords | null {
  const left = howLong(storage);
  const words: Record<HeadroomLevel, HeadroomWords | null> = {
    ample: null,
    notice: {
      kind: 'warning',
      what: $localize`:@@headroom.notice:録音できる残りは、あと${left}:left:です`,
      todo: $localize`:@@headroom.noticeTodo:録音の保存先のディスクを増やす準備を始めてください。`,
    },
    warning: {
      kind: 'warning',
      what: $localize`:@@headroom.warning:録音できる残りが少なくなっています(あと${left}:left:)`,
      todo: MAKE_ROOM,
    },
    alarm: {
      kind: 'error',
      what: $localize`:@@headroom.alarm:録音できる残りがわずかです(あと${left}:left:)`,
      todo: $localize`:@@headroom.alarmTodo:至急、${MAKE_ROOM}:makeRoom:電話と録音は続いています。`,
    },
    reserve: {
      kind: 'error',
      what: $localize`:@@headroom.reserve:録音の保存先がいっぱいです。まもなく録音できなくなります`,
      todo: $localize`:@@headroom.reserveTodo:至急、${MAKE_ROOM}:makeRoom:いまは予備の領域で録音を続けています。電話の着信と通話は止まりません。`,
    },
  };
  return words[storage.level];
}
