/**
 * Names by which the telephony process and the dialplan (`asterisk/etc/extensions*.conf` and `generated/`) meet. What
 * happens behind them is told in `asterisk/README.md`.
 */
export const STASIS_APP = 'denwaban';

/** Argument of channels in it that are no calls: they carry a voice into a conversation. */
export const WHISPER = 'whisper';

/** How long a claimed call waits to be told where it goes on, in seconds (`extensions-deciding.conf`). */
export const LEASE_SECONDS = 2;

/** Channel variables. All are readable by ARI on the trunk channel. */
export const channelVariable = {
  /** Call id; names the journal and the recording. Inherited by the phones' channels. */
  call: 'DENWABAN_CALL',
  /** On phone channels only: the call in whose conversation it is, not only rings for; empty = in none. */
  conversation: 'SHARED(DENWABAN_CALL)',
  line: 'DENWABAN_LINE',
  /** Id of the flow node the call stands at. A lost lease goes on there. */
  node: 'DENWABAN_NODE',
  /** Id of the recorder, by which the dialplan stops it. */
  recorder: 'DENWABAN_RECORDER',
  /** The same of the one that was started because the first did not write. */
  secondRecorder: 'DENWABAN_RECORDER_2',
  /** Epoch second until which the recording is paused at most; empty or past = it is not. */
  pausedUntil: 'DENWABAN_PAUSED_UNTIL',
  /** On phone channels only: id of the phone. */
  phone: 'DENWABAN_PHONE',
  /** Until when the end of the call is armed, in seconds since the epoch; `now` = it is being ended. */
  ending: 'DENWABAN_ENDING',
  /** Set by us: the next code is pressed for a user of the console, not by the phone. */
  askedFor: 'DENWABAN_ASKED_FOR',
  /** Who ended the call (`office`, `box`); empty = the caller. Set it to `box` before hanging up by ARI. */
  endedBy: 'DENWABAN_ENDED_BY',
} as const;

/** Context of a line's flow; every node of the flow is an extension in it, entered at priority 1. */
export const lineContext = (lineId: string): string => `line-${lineId}`;

/** Asterisk ignores hyphens in extensions, and single letters mean something to it. */
export const nodeExtension = (nodeId: string): string => `node_${nodeId.replaceAll('-', '_')}`;

/** How an extension names a call. */
export const callInExtension = (callId: string): string => callId.replaceAll('-', '_');

/** Subroutine (`s`) that rings a desk; called by the node extensions, never continued into. */
export const deskContext = (deskId: string): string => `desk-${deskId}`;

/** Context in which a trunk's calls arrive, and the one in which its dialled numbers are looked up. */
export const trunkContext = (trunkId: string): string => `trunk-${trunkId}`;
/** Context of a menu, numbered within its line: two names together could be too long for Asterisk. */
export const menuContext = (lineId: string, index: number): string => `menu-${lineId}-${index}`;

/** Subroutines that answer which hours a day has, and the one context with all national holidays. */
export const scheduleContext = (scheduleId: string): string => `schedule-${scheduleId}`;
export const HOLIDAYS_CONTEXT = 'national-holidays';

/** One context that says which endpoint a phone is, by `phoneExtension`. */
export const PHONE_ENDPOINTS_CONTEXT = 'phone-endpoints';

/** One context that says who may be at whose conversations. */
export const SUPERVISORS_CONTEXT = 'supervisors';

/** One context that collects which phones those are, by the extension of the phone that talks. */
export const SUPERVISORS_OF_CONTEXT = 'supervisors-of';

/** Contexts to which a call in conversation, or a phone, is sent. */
export const TRANSFER_CONTEXT = 'transfer';
export const PARKED_CONTEXT = 'parked';
export const SUPERVISION_CONTEXT = 'supervision';
export const PICK_UP_CONTEXT = 'pick-up';

/** Context that rings supervisors about a call that lasts long. */
export const TELLING_CONTEXT = 'telling';

/** AstDB: family of the schedules switched by hand; key = schedule, value = `<open|closed>/<epoch second of the end>`. */
export const SWITCH_FAMILY = 'switch';

/** Contexts that rules against callers ask: what they may never catch, what a number can be, where they send calls. */
export const NEVER_BLOCKED_CONTEXT = 'never-blocked';
export const NUMBERING_PLAN_CONTEXT = 'numbering-plan';
export const BLOCKED_DESKS_CONTEXT = 'blocked-desks';
export const BLOCKED_NOTICES_CONTEXT = 'blocked-notices';

/**
 * AstDB: what the dialplan knows of block rules. Family `blocklist` says which family holds them (`generation`) and up to
 * which change (`revision`); see `blocklist-in-asterisk.service.ts`.
 */
export const BLOCKLIST_FAMILY = 'blocklist';
export const blocklistFamily = (generation: string): string => `block-${generation}`;
/** Subroutine that answers which number is shown on a trunk. */
export const shownContext = (trunkId: string): string => `shown-${trunkId}`;
export const phoneExtension = (phoneId: string): string => `phone_${phoneId.replaceAll('-', '_')}`;
export const lineExtension = (lineId: string): string => `line_${lineId.replaceAll('-', '_')}`;

/** For what phones have switched and the database does not know yet: `<schedule>.<millisecond>` = `<closed|normal>/<end>/<phone>`. */
export const SWITCH_BY_PHONE_FAMILY = 'switch-by-phone';

/** What the dialplan calls it when a phone has switched a schedule. */
export const SCHEDULE_SWITCHED_EVENT = 'ScheduleSwitched';

/** One context that says which phones switch which schedule by which number. */
export const SCHEDULE_CODES_CONTEXT = 'schedule-codes';

export const trunkLinesContext = (trunkId: string): string => `lines-${trunkId}`;

export const trunkEndpoint = (trunkId: string): string => `trunk-${trunkId}`;
export const PBX_ENDPOINT = 'pbx';
/** A phone's endpoint is named by its extension, whether it registers or stands behind the pbx. */
export const phoneEndpoint = (extension: string): string => extension;

/** The form in which dialled numbers are looked up: what context `national` of the dialplan makes of them. */
export { nationalNumber } from '../calls/number-folding.ts';

/** What a call that asks to be claimed says of itself, in `CallBroadcast` and in the arguments of `StasisStart`. */
export interface Arrival {
  callId: string;
  lineId: string;
  /** Node to go on at: the flow's start, or the one after a step that the dialplan has done. */
  nodeId: string;
  /** Whether it has been claimed before. */
  again: boolean;
}

/** @returns null when the arguments are not those of an incoming call */
export function readArrival(args: readonly string[]): Arrival | null {
  const [kind, callId, lineId, nodeId, again] = args;
  if (kind !== 'incoming' || !callId || !lineId || !nodeId) return null;
  return { callId, lineId, nodeId, again: again === 'again' };
}
