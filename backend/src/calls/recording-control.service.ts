import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { channelVariable } from '../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { Clock } from '../platform/clock.ts';
import { RESUME_AFTER_SECONDS } from '../recordings/rules/recording-rule.schema.ts';
import { isPaused, ruleInForce } from '../recordings/rules/withheld.ts';
import { CallActHandlers, type CallInProgress } from './acts/call-act-handlers.ts';
import type { Asker, CallActAnswer } from './acts/call-act.schema.ts';
import { CallJournal, type UntimedEntry } from './call-journal.service.ts';
import type { JournalEntry } from './journal.schema.ts';
import { recorderFacts } from './recorder-health.ts';

const isRecorded = (entries: readonly JournalEntry[]) => entries.some(({ e }) => e === 'recorder');
const doer = ({ userId, name }: Asker) => ({ user: userId, userName: name });

/**
 * What users of the console do to a recording in progress; by phone codes the dialplan does the same
 * (`extensions-recording.conf`). Should this process die between stopping and starting a recorder, the next one finds that
 * nothing is written and starts a second recorder.
 */
@Injectable()
export class RecordingControl implements OnModuleInit {
  constructor(
    private readonly handlers: CallActHandlers,
    private readonly ami: AmiCommands,
    private readonly configuration: ConfigurationInForce,
    private readonly journal: CallJournal,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.enlist('keep-recording', (_, call, by) => this.keep(call, by));
    this.handlers.enlist('pause-recording', (_, call, by) => this.pause(call, by));
    this.handlers.enlist('resume-recording', (_, call, by) => this.resume(call, by));
  }

  private async keep({ callId, journal }: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (!isRecorded(journal) || ruleInForce(journal).recording === 'never') return 'not-recorded';
    if (!journal.some(({ e }) => e === 'recording-kept'))
      await this.journal.write(callId, { e: 'recording-kept', ...doer(by) });
    return 'done';
  }

  /** The recorder that starts anew writes nothing until the pause is over: that needs nobody, neither us nor the dialplan. */
  private async pause({ callId, journal }: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (!isRecorded(journal)) return 'not-recorded';
    if (isPaused(journal, this.clock.now())) return 'done';
    const { channelId } = recorderFacts(journal);
    const seconds = this.configuration.document?.recordings.pause?.resumeAfterSeconds ?? RESUME_AFTER_SECONDS;
    const until = Math.floor(this.clock.now().getTime() / 1000) + seconds;
    const told: UntimedEntry = { e: 'recording-paused', seconds: String(seconds), ...doer(by) };
    await this.ami.startRecorderAnew(channelId, callId, {
      silent: seconds,
      whileStopped: () => this.journal.write(callId, told),
    });
    await this.ami.setVariable(channelId, channelVariable.pausedUntil, String(until));
    return 'done';
  }

  private async resume({ callId, journal }: CallInProgress, by: Asker): Promise<CallActAnswer> {
    if (!isPaused(journal, this.clock.now())) return 'done';
    await this.goOn(recorderFacts(journal).channelId, callId, { e: 'recording-resumed', by: 'user', ...doer(by) });
    return 'done';
  }

  private async goOn(channelId: string, callId: string, told: UntimedEntry): Promise<void> {
    await this.ami.startRecorderAnew(channelId, callId, { whileStopped: () => this.journal.write(callId, told) });
    await this.ami.setVariable(channelId, channelVariable.pausedUntil, '');
  }
}
