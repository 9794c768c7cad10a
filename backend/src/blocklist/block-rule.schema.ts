import { z } from 'zod';
import { foldNumber, withPlus } from '../calls/number-folding.ts';
import { Identifier, Instant, NOT_ONE_LINE, ONE_LINE } from '../platform/schema.ts';

const LONGEST_NUMBER = 20;

/** The beginning of every number abroad. */
const ABROAD = '+';
const NO_NUMBER = `電話番号は${LONGEST_NUMBER}桁以内の数字で入力してください`;

/** A number as people write it, or its beginning; kept in national form, with a plus in front where it is abroad. */
const WrittenNumber = z
  .string()
  .max(40, '40文字以内にしてください')
  .transform((written, context) => {
    if (/^(\+|010)$/.test(written.normalize('NFKC').trim())) return ABROAD;
    const folded = foldNumber(written);
    if (folded !== null && folded.length <= LONGEST_NUMBER + 1) return withPlus(folded);
    context.addIssue({ code: 'custom', message: NO_NUMBER });
    return z.NEVER;
  })
  .meta({ id: 'WrittenNumber' });

/** What a caller is known by who shows no number, or one that is none (`invalid`, see `numbering-plan.ts`). */
export const CALLER_CLASSES = ['withheld', 'payphone', 'unavailable', 'invalid'] as const;
export type CallerClass = (typeof CALLER_CLASSES)[number];
export const BLOCK_KINDS = ['exact', 'prefix', ...CALLER_CLASSES] as const;
export const BlockKind = z.enum(BLOCK_KINDS).meta({ id: 'BlockKind' });
export type BlockKind = z.infer<typeof BlockKind>;

/** Which callers. */
export const BlockMatch = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('exact'),
      number: WrittenNumber.refine((number) => number !== ABROAD, NO_NUMBER),
    }),
    z.strictObject({
      kind: z.literal('prefix'),
      number: WrittenNumber.refine(
        (number) => number === ABROAD || number.length >= 2,
        '先頭番号は2桁以上にしてください',
      ),
    }),
    z.strictObject({ kind: z.enum(CALLER_CLASSES) }),
  ])
  .meta({ id: 'BlockMatch' });
export type BlockMatch = z.infer<typeof BlockMatch>;

export const BLOCK_CAUSES = ['refused', 'busy', 'no-answer', 'normal', 'no-such-number'] as const;

/**
 * What happens: turned away before any answer with a cause; told so and ended; asked to show the number and ended; put
 * through to one fixed desk (窓口一本化); or only marked.
 */
export const BlockAction = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('refuse'), cause: z.enum(BLOCK_CAUSES).default('refused') }),
    z.strictObject({ type: z.literal('refusal-notice') }),
    z.strictObject({ type: z.literal('ask-number') }),
    z.strictObject({ type: z.literal('desk'), desk: Identifier }),
    z.strictObject({ type: z.literal('flag') }),
  ])
  .meta({ id: 'BlockAction' });
export type BlockAction = z.infer<typeof BlockAction>;
export const BLOCK_ACTION_TYPES = ['refuse', 'refusal-notice', 'ask-number', 'desk', 'flag'] as const;
export const BlockActionType = z.enum(BLOCK_ACTION_TYPES).meta({ id: 'BlockActionType' });
export type BlockActionType = z.infer<typeof BlockActionType>;

/** What Postgres, Asterisk and a spreadsheet all take for the time that was meant. */
const YEARS = { first: '2000', last: '2999' };
const NOT_IN_YEARS = `${YEARS.first}年から${YEARS.last}年までにしてください`;
export const isInYears = (iso: string): boolean => iso >= YEARS.first && iso.slice(0, 4) <= YEARS.last;
const RuleTime = Instant.refine(isInYears, NOT_IN_YEARS);
const ReviewDay = z.iso.date('見直し日を YYYY-MM-DD の形で入力してください').refine(isInYears, NOT_IN_YEARS);

const Reason = z.string().trim().min(1, '理由を入力してください').max(500).regex(ONE_LINE, NOT_ONE_LINE);
const Note = z.string().trim().max(500).regex(ONE_LINE, NOT_ONE_LINE);

/** A rule as it is proposed. It does nothing before somebody else has approved it. Times count in whole seconds. */
export const BlockRuleProposal = z
  .strictObject({
    match: BlockMatch,
    action: BlockAction,
    /** null = all lines. */
    lines: z
      .array(Identifier)
      .min(1, '着信番号を1つ以上選ぶか、すべてにしてください')
      .max(100)
      .nullable()
      .default(null),
    reason: Reason,
    note: Note.default(''),
    /** Absent = from its approval on. */
    startsAt: RuleTime.optional(),
    /** null = until it is withdrawn. */
    expiresAt: RuleTime.nullable().default(null),
    reviewOn: ReviewDay,
  })
  .meta({ id: 'BlockRuleProposal' });
export type BlockRuleProposal = z.infer<typeof BlockRuleProposal>;

/** proposed = waits for approval; waiting = approved, its start is to come; expired = its time is over. */
export const BlockRuleState = z
  .enum(['proposed', 'waiting', 'in-force', 'expired', 'withdrawn'])
  .meta({ id: 'BlockRuleState' });
export type BlockRuleState = z.infer<typeof BlockRuleState>;

const Person = z.object({ id: z.uuid(), name: z.string() });

export const BlockRule = z
  .object({
    id: z.uuid(),
    match: z.object({ kind: BlockKind, number: z.string().nullable() }),
    action: BlockAction,
    lines: z.array(z.string()).nullable(),
    reason: z.string(),
    note: z.string(),
    state: BlockRuleState,
    proposedBy: Person,
    proposedAt: Instant,
    approvedBy: Person.nullable(),
    approvedAt: Instant.nullable(),
    withdrawnBy: Person.nullable(),
    withdrawnAt: Instant.nullable(),
    withdrawnReason: z.string().nullable(),
    startsAt: Instant,
    expiresAt: Instant.nullable(),
    reviewOn: z.iso.date(),
    /** In force or to come, and its review date is today or past. */
    reviewDue: z.boolean(),
    /** Import it came with. */
    batch: z.uuid().nullable(),
    /** Calls it has caught, as far as they are still kept. */
    hits: z.int(),
    lastHitAt: Instant.nullable(),
  })
  .meta({ id: 'BlockRule' });
export type BlockRule = z.infer<typeof BlockRule>;

/** `number` finds rules that would catch it, and rules that hold these digits. */
export const BlockRuleSearch = z
  .strictObject({
    number: z.string().trim().max(40).optional(),
    kind: BlockKind.optional(),
    action: BlockActionType.optional(),
    state: BlockRuleState.optional(),
    reviewDue: z.literal(true).optional(),
    batch: z.uuid().optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  })
  .meta({ id: 'BlockRuleSearch' });
export type BlockRuleSearch = z.infer<typeof BlockRuleSearch>;

export const BlockRulePage = z
  .object({ rules: z.array(BlockRule), nextCursor: z.string().nullable() })
  .meta({ id: 'BlockRulePage' });
export type BlockRulePage = z.infer<typeof BlockRulePage>;

/** Rules by their ids, or all of one import. */
export const BlockRuleApproval = z
  .union([z.strictObject({ rules: z.array(z.uuid()).min(1).max(500) }), z.strictObject({ batch: z.uuid() })])
  .meta({ id: 'BlockRuleApproval' });
export type BlockRuleApproval = z.infer<typeof BlockRuleApproval>;

export const BlockRulesApproved = z.object({ approved: z.int() }).meta({ id: 'BlockRulesApproved' });
export type BlockRulesApproved = z.infer<typeof BlockRulesApproved>;

/** What became of a file: rules proposed under one `batch` (null = none was new), and rows left out as duplicates. */
export const BlockRulesImported = z
  .object({ batch: z.uuid().nullable(), proposed: z.int(), skipped: z.int() })
  .meta({ id: 'BlockRulesImported' });
export type BlockRulesImported = z.infer<typeof BlockRulesImported>;

/** What may change without a new approval: nothing that decides about a call. */
export const BlockRuleChange = z
  .strictObject({
    note: Note.optional(),
    reviewOn: ReviewDay.optional(),
  })
  .meta({ id: 'BlockRuleChange' });
export type BlockRuleChange = z.infer<typeof BlockRuleChange>;

export const BlockRuleWithdrawal = z.strictObject({ reason: Reason }).meta({ id: 'BlockRuleWithdrawal' });
export type BlockRuleWithdrawal = z.infer<typeof BlockRuleWithdrawal>;

export const BlockRuleHits = z
  .object({
    hits: z.array(
      z.object({
        callId: z.uuid(),
        at: Instant,
        action: BlockActionType,
        line: z.object({ id: z.string(), name: z.string() }).nullable(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'BlockRuleHits' });
export type BlockRuleHits = z.infer<typeof BlockRuleHits>;
