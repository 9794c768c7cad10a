import { type LiveCall } from '../../api/generated/models.ts';
import { type Permission } from '../../session/permission.ts';

/** What people do to a call in progress, and which permission each asks for. */
export const ACT_PERMISSION = {
  mark: 'calls.mark',
  'warn-recording': 'calls.warn',
  'warn-final': 'calls.warn',
  end: 'calls.end',
  transfer: 'calls.transfer',
  park: 'calls.transfer',
  pickUp: 'calls.transfer',
  supervise: 'calls.supervise',
  pause: 'recordings.pause',
  keep: 'recordings.keep',
} as const satisfies Record<string, Permission>;
export type ActName = keyof typeof ACT_PERMISSION;

/** Armed ends are disarmed by time alone, of which nobody tells. */
export const isArmed = ({ endingArmedUntil }: Pick<LiveCall, 'endingArmedUntil'>, now: Date): boolean =>
  endingArmedUntil !== null && Date.parse(endingArmedUntil) > now.getTime();

/** How long an armed end may still be confirmed, in whole seconds; 0 = it is not armed. */
export const armedSeconds = ({ endingArmedUntil }: Pick<LiveCall, 'endingArmedUntil'>, now: Date): number =>
  endingArmedUntil === null ? 0 : Math.max(0, Math.ceil((Date.parse(endingArmedUntil) - now.getTime()) / 1000));

/** Whether a phone of the office talks in it. While it is parked or forwarded outside, none does. */
export const isInConversation = ({ state, parkedAt, legs }: LiveCall): boolean =>
  state === 'talking' && parkedAt === null && legs.some(({ party }) => party === 'phone');

/** Which acts make sense at this moment; the API decides again. Emergency calls are neither announced over nor ended, and stay where they are. */
export function possibleActs(call: LiveCall): Record<ActName, boolean> {
  const talking = isInConversation(call);
  const changing = talking && !call.emergency;
  return {
    mark: true,
    'warn-recording': changing,
    'warn-final': changing,
    end: changing,
    transfer: changing,
    park: changing,
    pickUp: call.parkedAt !== null,
    supervise: talking,
    pause: call.recorder === 'growing' || call.recorder === 'paused',
    keep: call.awaitsKeeping,
  };
}
