import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { expectedObjects, type RenderedConfiguration } from '../../../backend/src/asterisk/render-configuration.ts';
import {
  ConfigurationApplier,
  ConfigurationNotAppliedError,
} from '../../../backend/src/configuration/apply-configuration.ts';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { findConfigurationProblems } from '../../../backend/src/configuration/configuration-problems.ts';
import { defaultConfiguration } from '../../../backend/src/configuration/default-configuration.ts';
import { anyDocument, smallOffice } from '../../../backend/src/configuration/document.fixture.ts';
import { GeneratedFiles } from '../../../backend/src/configuration/generated-files.ts';
import { Place } from '../../town/place.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import { setStage } from './stage.ts';

/** What a mistake of ours in rendering would do. */
class SpoiltFiles extends GeneratedFiles {
  spoil: (files: RenderedConfiguration) => RenderedConfiguration = (files) => files;

  override async write(files: RenderedConfiguration): Promise<void> {
    await super.write(this.spoil(files));
    this.spoil = (untouched) => untouched;
  }
}

function biggerOffice(): ConfigurationDocument {
  const document = smallOffice();
  document.phones.push({ id: 'p202', name: '市民課2', type: 'sip', extension: '202', secret: 'secret-of-202' });
  document.trunks.push({ id: 'gateway', name: '予備', type: 'peer', host: '192.0.2.11', port: 5060 });
  return document;
}

const place = await Place.claim();

describe('a configuration in a real Asterisk', () => {
  const stage = setStage(place);
  let box: BoxAsterisk;

  beforeAll(() => {
    ({ box } = stage);
  });

  const expectInForce = async (document: ConfigurationDocument) => {
    const expected = expectedObjects(document);
    expect((await box.commands.endpoints()).toSorted()).toEqual(expected.endpoints.toSorted());
    expect(await box.commands.contexts()).toEqual(expect.arrayContaining(expected.contexts));
  };

  it('is not needed to start: the templates alone give an Asterisk without a complaint', () => {
    expect(box.complaints()).toEqual([]);
  });

  it('comes into force, and with it the last good document', async () => {
    await box.applier.apply(smallOffice());
    await expectInForce(smallOffice());
    const lastGood = await readFile(box.settings.layout.lastGoodConfiguration, 'utf8');
    expect(JSON.parse(lastGood)).toEqual(smallOffice());
    expect(box.complaints()).toEqual([]);
  });

  it('gives way to the next, larger or smaller', async () => {
    for (const document of [biggerOffice(), defaultConfiguration(), smallOffice()]) {
      await box.applier.apply(document);
      await expectInForce(document);
      const stamps = (await box.commands.contexts()).filter((name) => name.startsWith('configuration-'));
      expect(stamps).toHaveLength(1);
    }
    expect(box.complaints()).toEqual([]);
  });

  it('comes into force whatever a document without problems says', async () => {
    const anySound = anyDocument.filter((document) => findConfigurationProblems(document).length === 0);
    await fc.assert(
      fc.asyncProperty(anySound, async (document) => {
        await box.applier.apply(document);
        await expectInForce(document);
        expect(box.complaints().filter((line) => / (pbx|app|func|ast_expr|config)\w*\.c: /.test(line))).toEqual([]);
      }),
      { numRuns: 20, endOnFailure: true },
    );
    await box.applier.apply(smallOffice());
  });

  it.each([
    [
      'an endpoint that Asterisk does not understand',
      (files: RenderedConfiguration) => ({
        ...files,
        'pjsip.conf': files['pjsip.conf'].replace(
          '[202](denwaban-phone)',
          '[202](denwaban-phone)\nallow = no-codec\nrtp_timeout = x',
        ),
      }),
    ],
    [
      'a section of a template that does not exist',
      (files: RenderedConfiguration) => ({
        ...files,
        'pjsip.conf': `${files['pjsip.conf']}\n[999](no-such-template)\ntype = endpoint\n`,
      }),
    ],
    [
      'a dialplan without its end',
      (files: RenderedConfiguration) => ({
        ...files,
        'extensions.conf': files['extensions.conf'].slice(0, files['extensions.conf'].indexOf('[phones]')),
      }),
    ],
  ])('stays what it was when the next one has %s', async (_what, spoil) => {
    await box.applier.apply(smallOffice());
    const files = new SpoiltFiles(box.settings);
    files.spoil = spoil;
    const refused = new ConfigurationApplier(box.commands, files).apply(biggerOffice());
    await expect(refused).rejects.toThrow(ConfigurationNotAppliedError);
    await expect(refused).rejects.toMatchObject({ restored: true });
    await expectInForce(smallOffice());
  });

  it('is in force again after Asterisk was killed, without being written anew', async () => {
    await box.applier.apply(smallOffice());
    await box.kill();
    await box.boot();
    await expectInForce(smallOffice());
    await box.applier.apply(smallOffice());
  });

  it('is left alone while Asterisk is away', async () => {
    const before = await box.files.read();
    await box.kill();
    await expect(box.applier.apply(biggerOffice())).rejects.toThrow('not reachable');
    expect(await box.files.read()).toEqual(before);
    await box.boot();
  });
});
