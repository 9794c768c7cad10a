import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import type { JournalEntry } from '../../../backend/src/calls/journal.schema.ts';
import type { Flow } from '../../../backend/src/lines/line.schema.ts';
import type { Openness } from '../../../backend/src/schedules/schedule-state.ts';
import { decide, type Outcome, stepAt } from '../../../backend/src/routing/decide.ts';
import { stepInShort } from '../../../backend/src/routing/step.fixture.ts';

export interface WalkedCall {
  /** What the call did, as its journal tells. */
  did: string[];
  /** What the decision says that it does, given what the same journal tells of how each step went. */
  decided: string[];
}

/**
 * Holds the journal of a call against the decision. What happened in the world (keys, answers, a caller who gives up) is taken from the
 * journal, where the call went from there is not.
 */
export function walkedCall(document: ConfigurationDocument, flow: Flow, journal: readonly JournalEntry[]): WalkedCall {
  const walked: WalkedCall = { did: [], decided: [] };
  const circumstances = (at: Date) => ({ document, switches: new Map<string, never>(), at });
  let decision = decide(circumstances(new Date()), flow, null);
  for (const entry of journal) {
    const at = new Date(Number(entry.at) * 1000);
    const did = tell(STEPS, entry);
    if (did !== null) {
      walked.did.push(did);
      walked.decided.push(stepInShort(stepAt(circumstances(at), flow, decision.step.node)));
    }
    const outcome = tell(OUTCOMES, entry);
    if (outcome) decision = decide(circumstances(at), flow, { position: decision.position, outcome });
  }
  return walked;
}

/** What entries of the journal tell; those that are not named tell nothing of the kind. */
type Telling<T> = { [E in JournalEntry['e']]?: (entry: Extract<JournalEntry, { e: E }>) => T | null };

function tell<T>(telling: Telling<T>, entry: JournalEntry): T | null {
  const read = telling[entry.e] as ((entry: JournalEntry) => T | null) | undefined;
  return read?.(entry) ?? null;
}

const STEPS: Telling<string> = {
  notice: ({ notice }) => `notice ${notice}`,
  schedule: ({ schedule, openness, rule }) => `schedule ${schedule} ${openness} ${rule}`,
  menu: ({ menu }) => `menu ${menu}`,
  message: ({ node }) => `message ${node}`,
  forwarding: ({ node }) => `forward ${node}`,
  ringing: ({ desk }) => `desk ${desk}`,
  end: ({ by, cause }) => (by === 'box' ? `end ${cause}` : null),
};

const nobody = ({ status }: { status: string }): Outcome => ({ type: status === 'BUSY' ? 'busy' : 'unanswered' });
const OUTCOMES: Telling<Outcome> = {
  'notice-ended': () => ({ type: 'notice-ended' }),
  schedule: ({ openness }) => ({ type: 'schedule', openness: openness as Openness }),
  'menu-keys': ({ keys }) => ({ type: 'keys', keys }),
  'menu-invalid': () => ({ type: 'invalid-keys' }),
  'menu-no-key': () => ({ type: 'no-key' }),
  'message-ended': ({ by }) => (by === 'caller' ? null : { type: 'message-ended' }),
  unanswered: nobody,
  'not-forwarded': nobody,
};
