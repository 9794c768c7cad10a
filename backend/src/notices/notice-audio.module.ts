import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { NoticeAudioShelf } from './notice-audio-shelf.service.ts';
import { NoticeAudioController } from './notice-audio.controller.ts';
import { NoticeAudioRepository } from './notice-audio.repository.ts';
import { Prompts } from './prompts.ts';
import { SoundIntake } from './sound-intake.service.ts';
import { SoundTools } from './sound-tools.service.ts';
import { SpeechSynthesis } from './speech-synthesis.service.ts';

/** Where the sounds of notices come from. */
@Module({
  imports: [AuditModule],
  controllers: [NoticeAudioController],
  providers: [NoticeAudioRepository, NoticeAudioShelf, Prompts, SoundIntake, SoundTools, SpeechSynthesis],
})
export class NoticeAudioModule {}
