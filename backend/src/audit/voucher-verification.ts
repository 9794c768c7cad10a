import { type AuditFinding } from './audit.schema.ts';
import { type CheckpointCompanion, CheckpointFiles } from './checkpoint-files.ts';
import { openNote, type NoteVerifier, parseNote } from './log/note.ts';
import { type StoredVouchers } from './log-reading.repository.ts';
import { type TimestampAuthority } from './timestamps/timestamp-authority.ts';

type Place = 'database' | 'file';
type Whole = (content: Buffer, note: string) => Promise<boolean>;

/** Holds what others say of checkpoints in the database against the files, and both against the checkpoints. */
export class VoucherVerification {
  /**
   * @param authority null = none is set up: then two time stamps that differ cannot be told apart
   * @param witnesses whose signatures can be verified
   */
  constructor(
    private readonly files: CheckpointFiles,
    private readonly authority: Pick<TimestampAuthority, 'verify'> | null,
    private readonly witnesses: () => Promise<NoteVerifier[]>,
  ) {}

  /** @param notes of the checkpoints, by size, as the log has signed them */
  async verify(rows: readonly StoredVouchers[], notes: ReadonlyMap<number, string>): Promise<AuditFinding[]> {
    const stored = new Map(rows.map((row) => [row.size, row]));
    const witnesses = await this.witnesses().catch(() => []);
    const stamps = await this.compare('tsr', stored, ({ timestamp }) => timestamp, this.stampIsWhole);
    const lines = await this.compare(
      'witnesses',
      stored,
      ({ cosignatures }) => (cosignatures === '' ? null : Buffer.from(cosignatures)),
      (content, note) => Promise.resolve(signaturesAreWhole(content, note, witnesses)),
    );
    return [
      ...(await this.findings('timestamp', stamps, notes)),
      ...(await this.findings('cosignatures', lines, notes)),
    ];
  }

  private readonly stampIsWhole: Whole = async (answer, note) => {
    if (!this.authority) return true;
    return this.authority.verify(answer, note).then(
      () => true,
      () => false,
    );
  };

  private async compare(
    companion: CheckpointCompanion,
    stored: ReadonlyMap<number, StoredVouchers>,
    contentOf: (row: StoredVouchers) => Buffer | null,
    isWhole: Whole,
  ): Promise<Compared[]> {
    const sizes = new Set([...stored.keys(), ...(await this.files.companionSizes(companion))]);
    const compared: Compared[] = [];
    for (const size of [...sizes].sort((a, b) => a - b)) {
      const row = stored.get(size);
      const database = row ? contentOf(row) : null;
      const file = await this.files.readCompanion(size, companion);
      if (database !== null || file !== null) compared.push({ size, database, file, isWhole });
    }
    return compared;
  }

  /** Two that are alike are believed, but for the newest: the others have been the newest once. */
  private async findings(
    what: 'timestamp' | 'cosignatures',
    compared: readonly Compared[],
    notes: ReadonlyMap<number, string>,
  ): Promise<AuditFinding[]> {
    const found: AuditFinding[] = [];
    const add = (change: 'changed' | 'removed', place: Place, size: number) =>
      found.push({ what, change, place, size });
    for (const { size, database, file, isWhole } of compared) {
      if (database === null) add('removed', 'database', size);
      if (file === null) add('removed', 'file', size);
      const alike = database !== null && file?.equals(database) === true;
      if (alike && size !== compared.at(-1)?.size) continue;
      const note = notes.get(size) ?? '';
      const databaseIsWhole = database === null || (await isWhole(database, note));
      const fileIsWhole = file === null || (alike ? databaseIsWhole : await isWhole(file, note));
      const cannotTell = !alike && database !== null && file !== null && databaseIsWhole && fileIsWhole;
      if (!databaseIsWhole || cannotTell) add('changed', 'database', size);
      if (!fileIsWhole || cannotTell) add('changed', 'file', size);
    }
    return found;
  }
}

interface Compared {
  size: number;
  database: Buffer | null;
  file: Buffer | null;
  isWhole: Whole;
}

function signaturesAreWhole(lines: Buffer, note: string, witnesses: readonly NoteVerifier[]): boolean {
  try {
    const { signatures } = parseNote(note + lines.toString());
    const known = witnesses.filter(({ keyName }) => signatures.some((signature) => signature.keyName === keyName));
    if (known.length > 0) openNote(note + lines.toString(), known);
    return true;
  } catch {
    return false;
  }
}
