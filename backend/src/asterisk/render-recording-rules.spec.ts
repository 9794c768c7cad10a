import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { findConfigurationProblems } from '../configuration/configuration-problems.ts';
import { anyDocument } from '../configuration/document.fixture.ts';
import { decideAtStart, type RecordedCall } from '../recordings/rules/recording-rules.ts';
import { RULED_NUMBERS } from '../recordings/rules/recording-rules.fixture.ts';
import { nationalNumber } from './dialplan-names.ts';
import { recordingRuleSections } from './render-recording-rules.ts';
import type { Section } from './section.ts';

/** Does what Asterisk does with the lines of `recording-rules`. */
class RulesSubroutine {
  private readonly extensions: ReadonlySet<string>;
  private variables = new Map<string, string>();

  constructor(private readonly sections: readonly Section[]) {
    this.extensions = new Set(
      sections.flatMap(({ name, lines }) =>
        lines.flatMap(
          (line) =>
            /^exten => ([^,]+),1,/
              .exec(line)
              ?.slice(1)
              .map((extension) => `${name},${extension}`) ?? [],
        ),
      ),
    );
  }

  /** @returns what the subroutine returns */
  ask(args: readonly string[]): string {
    this.variables = new Map(args.map((value, index) => [`ARG${index + 1}`, value]));
    const lines = this.sections.find(({ name }) => name === 'recording-rules')?.lines ?? [];
    for (const line of lines) {
      const [, application = '', data = ''] = /(?:,1|same => n),(\w+)\((.*)\)$/.exec(line) ?? [];
      const returned = this.run(application, data);
      if (returned !== null) return returned;
    }
    throw new Error('the subroutine does not return');
  }

  private run(application: string, data: string): string | null {
    if (application === 'Return') return this.substituted(data);
    if (application === 'Set') {
      const [, name = '', value = ''] = /^LOCAL\((\w+)\)=(.*)$/.exec(data) ?? [];
      this.variables.set(name, this.substituted(value));
      return null;
    }
    if (application !== 'ExecIf') throw new Error(`unknown application ${application}`);
    const [, condition = '', then = '', thenData = ''] = /^(.*)\?(\w+)\((.*)\)$/.exec(data) ?? [];
    return this.substituted(condition) === '1' ? this.run(then, thenData) : null;
  }

  private substituted(text: string): string {
    let before = '';
    let now = text;
    while (now !== before) {
      before = now;
      now = now
        .replace(/\$\{STRREPLACE\((\w+),-,_\)\}/g, (_, name: string) =>
          (this.variables.get(name) ?? '').replaceAll('-', '_'),
        )
        .replace(/\$\{(\w+)\}/g, (_, name: string) => this.variables.get(name) ?? '')
        .replace(/\$\{DIALPLAN_EXISTS\(([^${}()]*),1\)\}/g, (_, place: string) =>
          this.extensions.has(place) ? '1' : '0',
        )
        .replace(/\$\[([^$[\]{}]*)\]/g, (_, expression: string) => truth(expression))
        .replace(/\$\{IF\(([01])\?([^${}:]*):([^${}:]*)\)\}/g, (_, is: string, yes: string, no: string) =>
          is === '1' ? yes : no,
        );
    }
    return now;
  }
}

function truth(expression: string): string {
  let now = expression.replace(/"([^"]*)"="([^"]*)"/g, (_, one: string, other: string) =>
    String(Number(one === other)),
  );
  for (let before = ''; now !== before;) {
    before = now;
    now = now
      .replace(/\(([01])\)/g, '$1')
      .replace(/([01]) & ([01])/g, (_, one: string, other: string) => String(Number(one) & Number(other)))
      .replace(/([01]) \| ([01])/g, (_, one: string, other: string) => String(Number(one) | Number(other)));
  }
  return now;
}

const anyCallIn = (document: ConfigurationDocument): fc.Arbitrary<RecordedCall> => {
  const oneOf = (things: readonly { id: string }[]) => fc.constantFrom(null, ...things.map(({ id }) => id));
  return fc.record({
    direction: fc.constantFrom('incoming', 'outgoing', 'internal'),
    lineId: oneOf(document.lines),
    number: fc.constantFrom(null, '0399990000', '110', ...RULED_NUMBERS.map(nationalNumber)),
    deskId: oneOf(document.desks),
    phoneIds: fc.uniqueArray(fc.constantFrom('none', ...document.phones.map(({ id }) => id)), { maxLength: 2 }),
  });
};

describe('recording rules in the dialplan', () => {
  it('decide as the one decision does, for documents and calls of all kinds', () => {
    const documents = anyDocument.filter((document) => findConfigurationProblems(document).length === 0);
    const documentAndCall = documents.chain((document) => fc.tuple(fc.constant(document), anyCallIn(document)));
    let ruled = 0;
    fc.assert(
      fc.property(documentAndCall, ([document, call]) => {
        const { direction, lineId, number, deskId, phoneIds } = call;
        const expected = decideAtStart(document.recordings.rules ?? [], document.desks, call);
        const [phone = '', other = ''] = phoneIds;
        const args = [direction, lineId ?? '', number ?? '', deskId ?? '', phone, other];
        const returned = new RulesSubroutine(recordingRuleSections(document)).ask(args);
        const [recording, rule, run] = returned.split('/');
        expect({ recording, rule, recorderRuns: recording !== 'never' || run === '1' }).toEqual(expected);
        if (rule?.startsWith('rule-')) ruled += 1;
      }),
      { numRuns: 500 },
    );
    expect(ruled).toBeGreaterThan(20);
  });
});
