import { type PhoneStateName } from '../api/generated/models.ts';
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
