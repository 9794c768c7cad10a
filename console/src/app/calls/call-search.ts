import { startOfDay, fromLocalInput } from '../calendar/date-format.ts';
import { foldNumber, isNumberPart } from '../phone-numbers/phone-number.ts';
import { type CallOutcome, type CallSearch, type CallSummary } from '../api/generated/models.ts';

export const PERIODS = ['all', 'today', 'yesterday', 'week', 'custom'] as const;
export type Period = (typeof PERIODS)[number];

/** The search form as typed. */
export interface SearchInput {
  period: Period;
  /** Values of `datetime-local` inputs, used with `custom`. */
  from: string;
  to: string;
  number: string;
  outcome: CallOutcome | '';
}

export const EMPTY_SEARCH: SearchInput = { period: 'all', from: '', to: '', number: '', outcome: '' };

export type SearchQuery = Pick<CallSearch, 'from' | 'to' | 'number' | 'outcome'>;

export const isNarrowed = (input: SearchInput): boolean =>
  input.period !== 'all' || input.number !== '' || input.outcome !== '';

/** @param now decides what today is */
export function toSearchQuery(input: SearchInput, now: Date): SearchQuery {
  const number = foldNumber(input.number);
  return {
    ...periodOf(input, now),
    ...(number === '' ? {} : { number }),
    ...(input.outcome === '' ? {} : { outcome: input.outcome }),
  };
}

/** The API's `to` is exclusive, and a minute typed as the end is meant to be part of the period. */
function periodOf({ period, from, to }: SearchInput, now: Date): SearchQuery {
  switch (period) {
    case 'all':
      return {};
    case 'today':
      return { from: startOfDay(now).toISOString() };
    case 'yesterday':
      return { from: startOfDay(now, -1).toISOString(), to: startOfDay(now).toISOString() };
    case 'week':
      return { from: startOfDay(now, -6).toISOString() };
    case 'custom': {
      const begin = fromLocalInput(from);
      const end = fromLocalInput(to);
      return {
        ...(begin ? { from: begin.toISOString() } : {}),
        ...(end ? { to: new Date(end.getTime() + 60_000).toISOString() } : {}),
      };
    }
  }
}

/** Whether a typed number can be searched for. Nothing typed is no condition. */
export const isSearchableNumber = (typed: string): boolean => {
  const folded = foldNumber(typed);
  return folded === '' || isNumberPart(folded);
};

export const isPeriodInOrder = (from: string, to: string): boolean => from === '' || to === '' || from <= to;

/** Whether a call that just arrived would stand in the list of this query. */
export function matches(call: CallSummary, query: SearchQuery): boolean {
  if (query.from !== undefined && Date.parse(call.startedAt) < Date.parse(query.from)) return false;
  if (query.to !== undefined && Date.parse(call.startedAt) >= Date.parse(query.to)) return false;
  if (query.number !== undefined && !(call.number ?? '').includes(query.number)) return false;
  return query.outcome === undefined || call.outcome === query.outcome;
}
