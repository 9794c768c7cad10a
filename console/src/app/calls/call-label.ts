import { type CallSummary } from '../api/generated/models.ts';
import { formatNumber } from '../phone-numbers/phone-number.ts';
import { NO_NUMBER } from './call-words.ts';

/** By what people tell a call from others in one breath: its number, else why there is none. */
export const callLabel = ({ number, presentation }: Pick<CallSummary, 'number' | 'presentation'>): string =>
  number === null ? NO_NUMBER[presentation] : formatNumber(number);
