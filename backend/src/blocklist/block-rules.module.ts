import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { BlockRuleFiles } from './block-rule-files.service.ts';
import { BlockRuleSearchRepository } from './block-rule-search.repository.ts';
import { BlockRulesController } from './block-rules.controller.ts';
import { BlockRulesRepository } from './block-rules.repository.ts';
import { BlockRules } from './block-rules.service.ts';

/** Rules against callers (着信規制), as the API shows them. */
@Module({
  imports: [AuditModule, ConfigurationVersionModule],
  controllers: [BlockRulesController],
  providers: [BlockRuleFiles, BlockRules, BlockRulesRepository, BlockRuleSearchRepository],
  exports: [BlockRuleSearchRepository],
})
export class BlockRulesModule {}
