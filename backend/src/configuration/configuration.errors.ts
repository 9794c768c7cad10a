import { DenwabanError } from '../platform/errors.ts';
import type { ConfigurationProblem } from './configuration.schema.ts';

export class ConfigurationChangedMeanwhileError extends DenwabanError {
  readonly status = 412;
  readonly errorId = 'configuration-changed-meanwhile';
  constructor(newestVersion: number) {
    super('ほかの人が先に設定を変更しました。最新の設定を読み込んでから、もう一度変更してください。', {
      newestVersion,
    });
  }
}

export class ConfigurationInvalidError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'configuration-invalid';
  constructor(problems: readonly ConfigurationProblem[]) {
    super('設定の内容に矛盾があるため、保存しませんでした。今の設定のまま動いています。', { problems });
  }
}
