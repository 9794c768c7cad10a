import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectedObjects, type RenderedConfiguration } from '../../../backend/src/asterisk/render-configuration.ts';
import {
  ConfigurationApplier,
  ConfigurationNotAppliedError,
} from '../../../backend/src/configuration/apply-configuration.ts';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { findConfigurationProblems } from '../../../backend/src/configuration/configuration-problems.ts';
import { defaultConfiguration } from '../../../backend/src/configuration/default-configuration.ts';
import { anyDocument, smallOffice } from '../../../backend/src/configuration/document.fixture.ts';
import type { Flow, FlowNode } from '../../../backend/src/lines/line.schema.ts';
import { GeneratedFiles } from '../../../backend/src/configuration/generated-files.ts';
import type { Caller } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { Town } from '../../town/town.ts';
import { eventually } from '../../town/waiting.ts';
import type { BoxAsterisk, SpooledCall } from './box-asterisk.ts';
import { setStage } from './stage.ts';
import { walkedCall } from './walked-call.ts';

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
/** A flow with several kinds of steps. */
const isWorthwhile = ({ nodes }: Flow) => new Set(Object.values(nodes).map(({ type }) => type)).size > 3;

/** Of 16 bit and 8 kHz: as short as can be, because nobody listens. */
const PROMPT_BYTES = 1600;
const MOST_KEYS = 6;
/** So long a caller stays where nobody answers, one phone after the other. */
const PATIENCE_MS = 20_000;
/** As short as the schema has it. */
const ringSeconds = 5;
const numberOf = (index: number) => `031234110${index}`;

/** The same office with all of it in the town, and with nothing that takes long. */
function inTown(document: ConfigurationDocument): ConfigurationDocument {
  const trunks = document.trunks.map(({ id, name }, index) => {
    const host = index === 0 ? place.carrier : place.address(150 + index);
    return { id, name, type: 'peer' as const, host, port: 5060, probeSeconds: 0 };
  });
  const lines = document.lines.map((line, index) => ({
    ...{ ...line, trunk: trunks[0]?.id ?? '', number: numberOf(index) },
    flow: { ...line.flow, nodes: Object.fromEntries(Object.entries(line.flow.nodes).map(hasty)) },
  }));
  const desks = document.desks.map((desk) => ({ ...desk, ringSeconds }));
  return { ...document, trunks, desks, lines, pbx: { name: '主装置', host: place.pbx, port: 5060 } };
}

function hasty([id, node]: [string, FlowNode]): [string, FlowNode] {
  if (node.type === 'menu') return [id, { ...node, firstKeySeconds: 2, nextKeySeconds: 1 }];
  return [id, node.type === 'forward' ? { ...node, ringSeconds } : node];
}

/** Presses keys wherever a menu asks, ends messages, and hangs up on whoever answers, or out of keys or patience. */
async function walk(caller: Caller, keys: readonly string[], call: () => Promise<SpooledCall | undefined>) {
  let [asked, spoken] = [0, 0];
  const patientUntil = Date.now() + PATIENCE_MS;
  await eventually(
    'a call to be over',
    async () => {
      const events = ((await call())?.entries ?? []).map(({ e }) => e);
      if (events.includes('end')) return true;
      const count = (...of: string[]) => events.filter((e) => of.includes(e)).length;
      const isPatient = asked < keys.length && Date.now() < patientUntil;
      if (count('answered', 'forwarded') > 0 || !isPatient) await caller.hangUp();
      const waits = count('menu', 'menu-invalid', 'menu-no-key') > asked;
      // The call may be over before the key is pressed.
      if (waits) await caller.sendDigits(keys[asked++] ?? '').catch(() => undefined);
      if (count('message') > spoken) {
        spoken += 1;
        await caller.sendDigits('#').catch(() => undefined);
      }
      return false;
    },
    { withinMs: 45_000 },
  );
}

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

  /** Of what is in the configuration. That trunks of another network are out of reach is told when they are first probed. */
  const complaints = () => box.complaints().filter((line) => !line.includes(' sending OPTIONS '));

  it('is not needed to start: the templates alone give an Asterisk without a complaint', () => {
    expect(box.complaints()).toEqual([]);
  });

  it('comes into force, and with it the last good document', async () => {
    await box.applier.apply(smallOffice());
    await expectInForce(smallOffice());
    const lastGood = await readFile(box.settings.layout.lastGoodConfiguration, 'utf8');
    expect(JSON.parse(lastGood)).toEqual(smallOffice());
    expect(complaints()).toEqual([]);
  });

  it('gives way to the next, larger or smaller', async () => {
    for (const document of [biggerOffice(), defaultConfiguration(), smallOffice()]) {
      await box.applier.apply(document);
      await expectInForce(document);
      const stamps = (await box.commands.contexts()).filter((name) => name.startsWith('configuration-'));
      expect(stamps).toHaveLength(1);
    }
    expect(complaints()).toEqual([]);
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

  describe('in a town', () => {
    let town: Town;

    beforeAll(async () => {
      town = await Town.start({ box: box.sip, phones: [], place });
      stage.alsoEnds(() => town.stop());
    });

    it('leads real calls as the decision says, whatever a document says and whatever is pressed', async () => {
      const { asteriskPrompts } = box.settings.layout;
      for (const prompt of await readdir(asteriskPrompts))
        if (prompt.endsWith('.sln')) await truncate(join(asteriskPrompts, prompt), PROMPT_BYTES);
      const callable = anyDocument.map(inTown).filter(({ lines }) => lines.some(({ flow }) => isWorthwhile(flow)));
      const keys = fc.array(fc.constantFrom('0', '1', '2', '9', '*', '#', '12', '1*', '7'), {
        minLength: 2,
        maxLength: MOST_KEYS,
      });
      await fc.assert(
        fc.asyncProperty(callable, keys, async (document, pressed) => {
          fc.pre(findConfigurationProblems(document).length === 0);
          for (const { audio } of document.notices)
            await writeFile(join(asteriskPrompts, `${audio}.sln`), Buffer.alloc(PROMPT_BYTES));
          await box.applier.apply(document);
          const before = (await box.calls()).map(({ id }) => id);
          const ofLine = (id: string) => async () =>
            (await box.calls()).find(
              (call) =>
                !before.includes(call.id) && call.entries.some((entry) => entry.e === 'begin' && entry.line === id),
            );
          const walks = document.lines.map(async ({ id, number, flow }) => {
            const caller = await town.call({ from: '0901234567', to: number, says: 'silence' });
            await walk(caller, pressed, ofLine(id));
            const journal = (await ofLine(id)())?.entries ?? [];
            const { did, decided } = walkedCall(document, flow, journal);
            expect(did).toEqual(decided);
            expect(did.length).toBeGreaterThan(0);
          });
          await Promise.all(walks);
        }),
        { numRuns: 3, endOnFailure: true },
      );
    }, 180_000);
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
