import { Module, type OnModuleInit } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { NoticeAudioShelf } from './notice-audio-shelf.service.ts';
import { NoticeAudioController } from './notice-audio.controller.ts';
import { NoticeAudioRepository } from './notice-audio.repository.ts';
import { Prompts } from './prompts.ts';
import { RecordedNotices } from './recorded-notices.service.ts';
import { SoundIntake } from './sound-intake.service.ts';
import { SoundTools } from './sound-tools.service.ts';
import { SpeechSynthesis } from './speech-synthesis.service.ts';
import { VoiceChoice } from './voice-choice.service.ts';

/** The sounds of notices, for every process that makes any. Stands on `PlatformModule`. */
@Module({
  imports: [AuditModule],
  providers: [NoticeAudioRepository, NoticeAudioShelf, Prompts, SoundIntake, SoundTools, SpeechSynthesis, VoiceChoice],
  exports: [NoticeAudioShelf, SoundIntake, VoiceChoice],
})
export class NoticeAudioShelfModule {}

/** As the API shows and takes them. */
@Module({ imports: [NoticeAudioShelfModule], controllers: [NoticeAudioController] })
export class NoticeAudioModule implements OnModuleInit {
  constructor(private readonly intake: SoundIntake) {}

  onModuleInit(): Promise<void> {
    return this.intake.clear();
  }
}

/** Takes what was recorded by phone: for one process of the box. */
@Module({ imports: [NoticeAudioShelfModule], providers: [RecordedNotices] })
export class RecordedNoticesModule {}
