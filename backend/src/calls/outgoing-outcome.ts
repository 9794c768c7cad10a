import type { CallOutcome } from './call.schema.ts';
import type { JournalEntry } from './journal.schema.ts';

type EndedBy = Extract<JournalEntry, { e: 'end' }>['by'];

/** SIP statuses by which those who are called, or the network they are in, answer a call (RFC 3261, 21.4 and 21.6; RFC 5079). */
const BUSY = new Set(['486', '600']);
const DECLINED = new Set(['433', '603']);
const NO_SUCH_NUMBER = new Set(['404', '410', '484', '604']);
const NOBODY = new Set(['480', '487']);

const isOutgoing = ([first]: readonly JournalEntry[]) => first?.e === 'begin' && first.direction === 'outgoing';

const isConnected = (entries: readonly JournalEntry[]) => entries.some(({ e }) => e === 'connected');

/** @returns null for calls that did not go out */
export function outcomeOfOutgoing(entries: readonly JournalEntry[], endedBy: EndedBy): CallOutcome | null {
  if (!isOutgoing(entries)) return null;
  if (isConnected(entries)) return 'answered';
  if (endedBy === 'lost') return 'failed';
  if (endedBy === 'office') return 'abandoned';
  const reason = reasonOfOutgoing(entries);
  return reason === 'number-unknown' || reason === 'trunks-failed' ? 'failed' : 'unanswered';
}

/** @returns why nobody answered a call that went out; null when somebody did, or nobody went to the phone */
export function reasonOfOutgoing(entries: readonly JournalEntry[]): string | null {
  if (!isOutgoing(entries) || isConnected(entries)) return null;
  const last = entries.findLast((entry) => entry.e === 'not-connected');
  if (!last) return 'trunks-failed';
  const { status, sip } = last;
  if (status === 'CANCEL' || status === 'NOANSWER' || NOBODY.has(sip)) return null;
  if (status === 'BUSY' || BUSY.has(sip)) return 'busy';
  if (DECLINED.has(sip)) return 'declined';
  return NO_SUCH_NUMBER.has(sip) ? 'number-unknown' : 'trunks-failed';
}
