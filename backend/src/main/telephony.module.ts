import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { AsteriskModule } from '../asterisk/asterisk.module.ts';
import { ApprovedRulesRepository } from '../blocklist/approved-rules.repository.ts';
import { BlocklistInAsterisk } from '../blocklist/blocklist-in-asterisk.service.ts';
import { Announcing } from '../calls/acts/announcing.service.ts';
import { CallActHandlers } from '../calls/acts/call-act-handlers.ts';
import { CallActReceiver } from '../calls/acts/call-act-receiver.service.ts';
import { ConversationChannels } from '../calls/acts/conversation-channels.service.ts';
import { HandingOn } from '../calls/acts/handing-on.service.ts';
import { PhoneKeys } from '../calls/acts/phone-keys.service.ts';
import { Supervising } from '../calls/acts/supervising.service.ts';
import { Marking } from '../calls/acts/marking.service.ts';
import { CallAdoption } from '../calls/call-adoption.service.ts';
import { CallEngine } from '../calls/call-engine.service.ts';
import { CallEngineStasis } from '../calls/call-engine.stasis.ts';
import { CallFilingModule } from '../calls/call-filing.module.ts';
import { CallJournal } from '../calls/call-journal.service.ts';
import { CallReconciliation } from '../calls/call-reconciliation.service.ts';
import { ConversationStasis } from '../calls/conversation.stasis.ts';
import { LongCallActs } from '../calls/long-calls/long-call-acts.service.ts';
import { LongCallWatch } from '../calls/long-calls/long-calls.service.ts';
import { StaffVoice } from '../calls/long-calls/staff-voice.service.ts';
import { SupervisorTelling } from '../calls/long-calls/supervisor-telling.service.ts';
import { LiveFiling } from '../calls/live-filing.service.ts';
import { RecorderWatch } from '../calls/recorder-watch.service.ts';
import { RecordingControl } from '../calls/recording-control.service.ts';
import { SecondRecorder } from '../calls/second-recorder.service.ts';
import { SpoolWatch } from '../calls/spool-watch.service.ts';
import { ConfigurationApplier } from '../configuration/apply-configuration.ts';
import { ConfigurationFollower } from '../configuration/configuration-follower.service.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { FirstConfiguration } from '../configuration/first-configuration.service.ts';
import { GeneratedFiles } from '../configuration/generated-files.ts';
import { RoutingInForce } from '../routing/routing-in-force.service.ts';
import { ScheduleSwitchModule } from '../schedules/schedule-switch.module.ts';
import { PhoneSwitches } from '../schedules/phone-switches.service.ts';
import { SwitchesInForce } from '../schedules/switches-in-force.service.ts';
import { HealthReportRepository } from '../health/health-report.repository.ts';
import { TelephonyHealth } from '../health/telephony-health.service.ts';
import { NoticeAudioKeeper } from '../notices/notice-audio-keeper.service.ts';
import { NoticeAudioRepository } from '../notices/notice-audio.repository.ts';
import { Prompts } from '../notices/prompts.ts';

/** The process that steers calls. Everything in it works with Postgres down and waits for Asterisk. */
@Module({
  imports: [AsteriskModule, AuditModule, CallFilingModule, ConfigurationVersionModule, ScheduleSwitchModule],
  providers: [
    ApprovedRulesRepository,
    BlocklistInAsterisk,
    Announcing,
    CallActHandlers,
    ConversationChannels,
    HandingOn,
    PhoneKeys,
    Supervising,
    CallActReceiver,
    CallAdoption,
    CallEngine,
    CallEngineStasis,
    CallJournal,
    CallReconciliation,
    ConfigurationApplier,
    ConfigurationFollower,
    ConfigurationInForce,
    ConversationStasis,
    FirstConfiguration,
    GeneratedFiles,
    HealthReportRepository,
    LiveFiling,
    LongCallActs,
    LongCallWatch,
    StaffVoice,
    SupervisorTelling,
    Marking,
    NoticeAudioKeeper,
    NoticeAudioRepository,
    Prompts,
    RecorderWatch,
    RecordingControl,
    RoutingInForce,
    SecondRecorder,
    SpoolWatch,
    PhoneSwitches,
    SwitchesInForce,
    TelephonyHealth,
  ],
})
export class TelephonyModule {}
