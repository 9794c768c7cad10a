import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../platform/errors.ts';
import { decodeCursor, encodeCursor } from './call-cursor.ts';
import { type CallCriteria, CallSearchRepository } from './call-search.repository.ts';
import type { CallPage, CallSearch } from './call.schema.ts';
import { toCallSummary } from './call-view.ts';
import { foldNumber } from './number-folding.ts';

/** @throws InvalidInputError when the number cannot be one */
export function criteriaOf({ from, to, number, line, outcome, callbackRequested, marked }: CallSearch): CallCriteria {
  const folded = number ? foldNumber(number) : undefined;
  if (folded === null) {
    throw new InvalidInputError([{ path: '/number', message: '電話番号は数字で入力してください' }]);
  }
  return {
    ...(from !== undefined && { from: new Date(from) }),
    ...(to !== undefined && { to: new Date(to) }),
    ...(folded !== undefined && { number: folded }),
    ...(line !== undefined && { line }),
    ...(outcome && { outcome }),
    ...(callbackRequested !== undefined && { callbackRequested }),
    ...(marked !== undefined && { marked }),
  };
}

@Injectable()
export class CallSearchService {
  constructor(private readonly calls: CallSearchRepository) {}

  /** Pages by where the last one ended, so that calls arriving meanwhile neither repeat nor hide others. */
  async search(search: CallSearch): Promise<CallPage> {
    const after = search.cursor === undefined ? null : decodeCursor(search.cursor);
    const found = await this.calls.search(criteriaOf(search), after, search.limit + 1);
    const page = found.slice(0, search.limit);
    const last = found.length > search.limit ? page.at(-1) : undefined;
    return {
      calls: page.map(({ call, recording }) => toCallSummary(call, recording)),
      nextCursor: last ? encodeCursor(last.call) : null,
    };
  }
}
