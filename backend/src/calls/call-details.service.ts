import { Injectable } from '@nestjs/common';
import { CallNames } from './call-names.ts';
import { CallSearchRepository } from './call-search.repository.ts';
import type { CallDetail } from './call.schema.ts';
import { toCallDetail } from './call-view.ts';

/** One call as it is shown: with its legs and timeline, and things by the names they had. */
@Injectable()
export class CallDetails {
  constructor(
    private readonly calls: CallSearchRepository,
    private readonly names: CallNames,
  ) {}

  /** @returns null when there is no such call */
  async find(id: string): Promise<CallDetail | null> {
    const found = await this.calls.withJournal(id);
    return found && toCallDetail(found.call, found.recording, await this.names.current());
  }
}
