import 'reflect-metadata';
import { createDataSource } from '../platform/database.ts';
import { DenwabanError } from '../platform/errors.ts';
import { readOperatorSettings, Settings, SettingsError } from '../platform/settings.ts';
import { rotateMasterKey } from '../recordings/encryption/master-key-rotation.ts';
import { RecordingKeyRepository } from '../recordings/encryption/recording-key.repository.ts';

/** `node provisioning/bootstrap.mjs rotate-master-key`: a new master key for a box that runs, or at least its database. */

const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  const settings = new Settings(readOperatorSettings(process.env));
  const dataSource = await createDataSource(settings, 1).initialize();
  try {
    const { from, to, rewrapped } = await rotateMasterKey(
      settings.masterKeyPlaces,
      new RecordingKeyRepository(dataSource),
    );
    say(`マスター鍵を更新しました。鍵番号 ${from} → ${to}(掛け替えた鍵 ${rewrapped}個)`);
    say('次のことをしてください。');
    say('  1. 新しい復旧シートを印刷して保管する: node provisioning/bootstrap.mjs recovery-kit');
    say('  2. データと鍵のバックアップを取り直す');
    say(
      `  3. 古いバックアップが要らなくなったら、古い鍵 master-key.previous-${from} を削除し、古い復旧シートを廃棄する`,
    );
  } finally {
    await dataSource.destroy();
  }
} catch (error) {
  const expected = error instanceof DenwabanError || error instanceof SettingsError;
  process.stderr.write(`${expected ? error.message : String(error)}\n`);
  process.stderr.write(
    'マスター鍵の更新は終わっていません。録音は失われていません。原因を取り除いて、もう一度実行してください。\n',
  );
  process.exitCode = 1;
}
