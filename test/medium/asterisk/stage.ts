import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import type { JournalEntry } from '../../../backend/src/calls/journal.schema.ts';
import type { Place } from '../../town/place.ts';
import { Town } from '../../town/town.ts';
import type { RegisteredPhone } from '../../town/town-configuration.ts';
import { eventually } from '../../town/waiting.ts';
import { BoxAsterisk, type SpooledCall, stepOf } from './box-asterisk.ts';
import { StageHome } from './stage-home.ts';

/** Of all phones that register; nobody else can reach them. */
const SECRET = 'a-secret-for-phones';
const OPEN_TIMEOUT_MS = 120_000;
const REGISTER_TIMEOUT_MS = 40_000;

export interface StageOptions {
  /** What is in force when the first test begins; nothing by default. */
  office?: ConfigurationDocument;
  /** Extensions of the office's phones that are switched on; all that register by default. */
  phones?: readonly string[];
  /** Further settings of the box's operator. */
  settings?: Record<string, string>;
  /** Complaints in Asterisk's log that are nobody's fault; any other fails the test in which it comes. Absent: nobody looks at the log. */
  tolerates?: RegExp;
}

export const WARNINGS = / WARNING\[/;
/** With no backend nobody claims calls; and Asterisk warns of every subroutine in which a caller hangs up. */
export const UNCLAIMED = /not claimed within|Abnormal 'Gosub/;

/** What most offices of these tests begin with: one trunk, `hikari`, and phones `p<extension>` that register. */
export function officeAt(place: Place, extensions: readonly string[]) {
  return {
    site: { id: 'hq', name: '町役場' },
    trunks: [{ id: 'hikari', name: 'ひかり電話', type: 'peer' as const, host: place.carrier, port: 5060 }],
    pbx: null,
    phones: extensions.map((extension) => phoneAt(extension)),
  };
}

export const phoneAt = (extension: string, more: object = {}) => ({
  ...{ id: `p${extension}`, name: extension, type: 'sip' as const, extension, secret: SECRET },
  ...more,
});

/**
 * A real box's Asterisk and, where phones are switched on, a town for the tests of one file or `describe`. It is opened before
 * them, ended after them, also when it could not be opened as a whole, and tells each of them about the call that it has placed.
 */
export function setStage(place: Place, options: StageOptions = {}): Stage {
  const stage = new Stage(place, options);
  beforeAll(() => stage.open(), OPEN_TIMEOUT_MS);
  afterAll(() => stage.close());
  beforeEach(() => stage.beginTest());
  afterEach(() => stage.endTest());
  return stage;
}

export class Stage {
  private home: StageHome | undefined;
  private openedBox: BoxAsterisk | undefined;
  private openedTown: Town | undefined;
  private readonly endings: (() => unknown)[] = [];
  /** Calls that were placed before the one that the running test is about. */
  private before = 0;
  /** Complaints in the log that the tests so far have answered for. */
  private complaints = 0;

  constructor(
    private readonly place: Place,
    private readonly options: StageOptions,
  ) {}

  get box(): BoxAsterisk {
    if (!this.openedBox) throw new Error('the box is not there');
    return this.openedBox;
  }

  get town(): Town {
    if (!this.openedTown) throw new Error('the stage has no town, because no phone is switched on');
    return this.openedTown;
  }

  async open(): Promise<void> {
    await StageHome.clearLeftovers();
    const { office, settings } = this.options;
    const home = (this.home = new StageHome());
    this.openedBox = await BoxAsterisk.start(this.place, home, settings);
    const phones = this.phones();
    // The trunks have to answer from the moment when the box first asks them whether they are there.
    if (phones.length > 0) {
      this.openedTown = await Town.start({ box: this.box.sip, phones, place: this.place, home: home.at('town') });
      home.belongs('town', this.town.pid);
    }
    if (office) await this.box.applier.apply(office);
    await eventually('the phones to register', async () => await this.everybodyRegistered(), {
      withinMs: REGISTER_TIMEOUT_MS,
    });
  }

  /** Has something ended before the town and the box are, the last one first. */
  alsoEnds(end: () => unknown): void {
    this.endings.push(end);
  }

  async close(): Promise<void> {
    const endings = [
      () => this.place.release(),
      () => this.home?.remove(),
      () => this.openedBox?.stop(),
      () => this.openedTown?.stop(),
      ...this.endings,
    ];
    const troubles: unknown[] = [];
    for (const end of endings.toReversed()) {
      try {
        await end();
      } catch (error) {
        troubles.push(error);
      }
    }
    if (troubles.length > 0) throw new AggregateError(troubles, 'the stage could not be ended as a whole');
  }

  async beginTest(): Promise<void> {
    this.openedTown?.nobodyAnswers();
    this.before = (await this.box.calls()).length;
  }

  async endTest(): Promise<void> {
    await this.openedTown?.everybodyHangsUp();
    this.expectNoComplaint();
  }

  private expectNoComplaint(): void {
    const { tolerates } = this.options;
    if (!tolerates) return;
    const fresh = this.box.complaints().slice(this.complaints);
    this.complaints += fresh.length;
    expect(fresh.filter((complaint) => !tolerates.test(complaint))).toEqual([]);
  }

  /** The call that the running test is about, as far as it has come. */
  readonly call = async (): Promise<SpooledCall | undefined> => (await this.box.calls())[this.before];

  /** That call, once it is over. */
  readonly callOver = (): Promise<SpooledCall> => this.box.endedCall(this.before + 1);

  /** That call and those after it, once they are all over. @param count how many there have to be */
  async callsOver(count: number): Promise<SpooledCall[]> {
    await this.box.endedCall(this.before + count);
    return Promise.all(Array.from({ length: count }, (_, index) => this.box.endedCall(this.before + 1 + index)));
  }

  /** From now on the running test is about the call after the one that it was about. */
  nextCall(): void {
    this.before += 1;
  }

  /**
   * Waits until the journal of that call has a step.
   * @param step in short, as in `story`, from its beginning: `announcement`, `announcement warning-final p201`
   * @param times how often it has to stand there
   * @returns the last of them
   */
  readonly told = (step: string, times = 1): Promise<JournalEntry> =>
    eventually(`${step} in the journal`, async () => {
      const entries = (await this.call())?.entries ?? [];
      const told = entries.filter((entry) => `${stepOf(entry)} `.startsWith(`${step} `));
      const last = told.at(-1);
      if (!last || told.length < times) throw new Error(entries.map(stepOf).join('\n'));
      return last;
    });

  private async everybodyRegistered(): Promise<boolean> {
    const registered = (await this.openedTown?.registered()) ?? [];
    return registered.length === this.phones().length;
  }

  private phones(): RegisteredPhone[] {
    const { office, phones, settings } = this.options;
    const tlsPort = Number(settings?.DENWABAN_SIPS_PORT);
    const registering = office?.phones.filter((phone) => phone.type === 'sip') ?? [];
    return registering
      .filter(({ extension }) => phones?.includes(extension) ?? true)
      .map(({ extension, secret, transport }) =>
        transport === 'tls' ? { extension, secret, tlsPort } : { extension, secret },
      );
  }
}
