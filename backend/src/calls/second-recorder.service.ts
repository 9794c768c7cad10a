import { Injectable } from '@nestjs/common';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { Logger } from '../platform/logging.ts';
import { CallJournal } from './call-journal.service.ts';
import { RECORDER_STALLED } from './recorder-health.ts';

/** What is done when sound comes and the recorder of a call does not write: it is told, and another one goes on. */
@Injectable()
export class SecondRecorder {
  constructor(
    private readonly ami: AmiCommands,
    private readonly journal: CallJournal,
    private readonly logger: Logger,
  ) {}

  /**
   * Never throws: there is nothing more that could be done now.
   * @param again when one was started that does not write either; the journal says so already
   */
  async start(callId: string, channelId: string, again: boolean): Promise<void> {
    this.logger.error({ callId, again }, 'recorder does not write, starting a second one');
    try {
      await this.ami.startSecondRecorder(channelId, callId);
    } catch (error) {
      this.logger.error({ callId, error: String(error) }, 'second recorder not started');
    }
    if (again) return;
    // On a full disk this waits or fails; the recorder does not.
    await this.journal.write(callId, { e: 'fault', reason: RECORDER_STALLED });
  }
}
