import { type PhoneStateName, type TrunkState, type TrunkStateName } from '../api/generated/models.ts';
import { type Sign } from '../calls/call-words.ts';

/** How a phone is. Behind the business phone only that one's answer is known. */
export const PHONE_STATE: Record<PhoneStateName, Sign> = {
  registered: { label: $localize`:@@phoneState.registered:登録済み`, icon: 'success', tone: 'success' },
  reachable: { label: $localize`:@@phoneState.reachable:主装置が応答`, icon: 'success', tone: 'success' },
  unregistered: { label: $localize`:@@phoneState.unregistered:未登録`, icon: 'warning', tone: 'warning' },
  unreachable: { label: $localize`:@@phoneState.unreachable:応答なし`, icon: 'error', tone: 'error' },
  unknown: { label: $localize`:@@phoneState.unknown:不明`, icon: 'waiting', tone: '' },
};

/** Whether a call to it would ring, as far as anybody knows. */
export const canRing = (state: PhoneStateName): boolean => state !== 'unregistered' && state !== 'unreachable';

export const phoneWords = ({ name, extension }: { name: string; extension: string }): string =>
  $localize`:@@phone.withExtension:${name}:name:(内線${extension}:extension:)`;

/** How a trunk is. */
export const TRUNK_STATE: Record<TrunkStateName, Sign> = {
  registered: { label: $localize`:@@trunkState.registered:登録済み`, icon: 'success', tone: 'success' },
  reachable: { label: $localize`:@@trunkState.reachable:応答あり`, icon: 'success', tone: 'success' },
  unverified: { label: $localize`:@@trunkState.unverified:未確認`, icon: 'info', tone: '' },
  unregistered: { label: $localize`:@@trunkState.unregistered:未登録`, icon: 'error', tone: 'error' },
  unreachable: { label: $localize`:@@trunkState.unreachable:応答なし`, icon: 'error', tone: 'error' },
  rejected: { label: $localize`:@@trunkState.rejected:登録を拒否されました`, icon: 'error', tone: 'error' },
  unknown: { label: $localize`:@@trunkState.unknown:不明`, icon: 'waiting', tone: '' },
};

export const TRUNK_TYPE: Record<TrunkState['type'], string> = {
  registration: $localize`:@@trunkType.registration:ユーザー名で登録`,
  peer: $localize`:@@trunkType.peer:IPアドレスで接続`,
};
