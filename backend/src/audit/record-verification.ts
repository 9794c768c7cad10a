import { type AuditFinding } from './audit.schema.ts';
import { canonicalJson } from './log/canonical-json.ts';
import { compareWithLog } from './log/compare.ts';
import { decodeLeaf, type Leaf } from './log/leaf.ts';
import { type LogSnapshot } from './log-reading.repository.ts';
import { auditEventLeaf, type EncodedLeaf, type LoggedKind, recordingLeaf } from './logged-records.ts';
import { type BelievedLeaf } from './page-verification.ts';

/** Beyond so many changed records nobody asks which of them changed places; they are named as changed. */
const MOST_HELD_BACK = 10_000;

type RecordFinding = Extract<AuditFinding, { what: 'record' }>;

interface Changed {
  finding: RecordFinding;
  logged: Leaf | null;
  now: Leaf | null;
}

/** Rows of the database against the leaves that were made of them, in the order of the log. */
export class RecordVerification {
  private eventsUpTo = '0';
  private readonly changed: Changed[] = [];

  /**
   * @param lastEvent id of the last event that is in the log
   * @param ahead recordings whose rows may be ahead of the log, because an event about them is still to be logged
   */
  constructor(
    private readonly log: LogSnapshot,
    private readonly lastEvent: string,
    private readonly ahead: ReadonlySet<string>,
  ) {}

  /** @returns what is wrong with the records of these leaves, but for those that `heldBack` tells in the end */
  async page(leaves: readonly BelievedLeaf[], isLast: boolean): Promise<AuditFinding[]> {
    const { events, recordings } = await this.rowsOf(leaves, isLast);
    const present = new Map<number, Uint8Array | null>();
    const standing = new Map<number, EncodedLeaf | null>();
    for (const [place, { of, superseded, hash }] of leaves.entries()) {
      const rows = of?.kind === 'recording' ? recordings : events;
      const made = of && rows.get(of.id);
      if (of?.kind === 'audit-event') events.delete(of.id);
      const isSettled = of !== null && !superseded && !(of.kind === 'recording' && this.ahead.has(of.id));
      // Nothing can be said of the record of a leaf that nobody can read any more: the leaf has its own finding.
      if (!isSettled) present.set(place, hash);
      else if (made !== undefined) present.set(place, made?.hash ?? null);
      if (made) standing.set(place, made);
    }
    const surplus = [...events.keys()];
    surplus.forEach((_, place) => present.set(leaves.length + place, null));
    const logged = leaves.map(({ hash }) => hash);
    return compareWithLog(logged, present).flatMap((found) => {
      const at = found.kind === 'moved' ? found.at : found.index;
      const leaf = leaves[at];
      if (!leaf?.of) return [record('added', 'audit-event', surplus[at - leaves.length] ?? '')];
      const change = found.kind === 'moved' ? 'changed' : found.kind;
      const finding = record(change, leaf.of.kind, leaf.of.id, leaf.index);
      if (change !== 'changed' || this.changed.length >= MOST_HELD_BACK) return [finding];
      this.changed.push({ finding, logged: leaf.content, now: contentOf(standing.get(at)) });
      return [];
    });
  }

  /** Changed records; those whose contents were logged as another one's are named as moved. */
  heldBack(): AuditFinding[] {
    const homes = new Map(this.changed.map(({ finding, logged }) => [withoutId(logged), finding.id]));
    return this.changed.map(({ finding, now }) => {
      const of = now && homes.get(withoutId(now));
      return of !== null && of !== undefined && of !== finding.id ? { ...finding, change: 'moved', of } : finding;
    });
  }

  /** Recordings that the log should know, or know more of. */
  async strays(limit: number): Promise<AuditFinding[]> {
    // Those that only wait to be logged are few, and must not use the limit up.
    const unlogged = await this.log.unloggedRecordings(limit + this.ahead.size);
    const vanished = await this.log.vanishedRecordings(this.lastEvent, limit);
    return [
      ...unlogged.filter((id) => !this.ahead.has(id)).map((id) => record('added', 'recording', id)),
      ...vanished.map((id) => record('removed', 'recording', id)),
    ];
  }

  /** Leaves made of the rows as they are now, null for one that no leaf can be made of. */
  private async rowsOf(leaves: readonly BelievedLeaf[], isLast: boolean) {
    const of = (kind: LoggedKind) => leaves.flatMap((leaf) => (leaf.of?.kind === kind ? [leaf.of.id] : []));
    const after = this.eventsUpTo;
    this.eventsUpTo = isLast ? this.lastEvent : (of('audit-event').at(-1) ?? after);
    const events = await this.log.events(after, this.eventsUpTo);
    const recordings = await this.log.recordings(of('recording'));
    return {
      events: new Map(events.map((row) => [row.id, leafOrNull(() => auditEventLeaf(row))])),
      recordings: new Map(recordings.map((row) => [row.id, leafOrNull(() => recordingLeaf(row))])),
    };
  }
}

function record(
  change: RecordFinding['change'],
  kind: LoggedKind,
  id: string,
  leaf: number | null = null,
): RecordFinding {
  return { what: 'record', change, kind, id, leaf };
}

function leafOrNull(make: () => EncodedLeaf | null): EncodedLeaf | null {
  try {
    return make();
  } catch {
    return null;
  }
}

const contentOf = (made: EncodedLeaf | null | undefined): Leaf | null => (made ? decodeLeaf(made.leaf) : null);

/** What a record says, whichever it is. The detail is left out: its commitment is salted record by record. */
function withoutId(leaf: Leaf | null): string {
  return canonicalJson({ ...leaf, id: null, recordingId: null, detailHash: null });
}
