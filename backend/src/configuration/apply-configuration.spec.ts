import { beforeEach, describe, expect, it } from '@jest/globals';
import { AsteriskUnreachableError } from '../asterisk/asterisk.errors.ts';
import { AsteriskReload } from '../asterisk/asterisk-reload.port.ts';
import { expectedObjects, type RenderedConfiguration, renderConfiguration } from '../asterisk/render-configuration.ts';
import { ConfigurationApplier, ConfigurationNotAppliedError, ConfigurationUnfitError } from './apply-configuration.ts';
import type { ConfigurationDocument } from './configuration.schema.ts';
import { smallOffice } from './document.fixture.ts';
import type { GeneratedFiles } from './generated-files.ts';

const NOTHING: RenderedConfiguration = { 'pjsip.conf': '', 'extensions.conf': '' };

/** Files in memory; `failAt` counts writes down to one that breaks. */
class FilesInMemory implements Pick<GeneratedFiles, 'read' | 'write' | 'keepLastGood' | 'lastGood' | 'watchLog'> {
  content = NOTHING;
  kept: ConfigurationDocument | null = null;
  logged: string[] = [];
  writes = 0;
  failAtWrite = 0;

  read = () => Promise.resolve(this.content);
  write = (files: RenderedConfiguration) => {
    this.writes += 1;
    if (this.writes === this.failAtWrite) return Promise.reject(new Error('no space left on device'));
    this.content = files;
    return Promise.resolve();
  };
  keepLastGood = (document: ConfigurationDocument) => {
    this.kept = document;
    return Promise.resolve();
  };
  lastGood = () => Promise.resolve(this.kept);
  watchLog = () => Promise.resolve(() => Promise.resolve(this.logged));
}

/** Reads the files when told to, as Asterisk does; `lacks` is what it does not understand. */
class AsteriskInMemory extends AsteriskReload {
  reloads = 0;
  inForce = NOTHING;
  lacks: string | null = null;
  /** Endpoints that stay although the files know them no more. */
  left: string[] = [];
  unreachableAtReload = 0;
  registered: string[] = [];
  unreachableAtRegister = false;

  constructor(private readonly files: FilesInMemory) {
    super();
  }

  override reload(): Promise<void> {
    this.reloads += 1;
    if (this.reloads === this.unreachableAtReload) return Promise.reject(new AsteriskUnreachableError('gone'));
    this.inForce = this.files.content;
    return Promise.resolve();
  }

  override registerAnew(endpoints: readonly string[]): Promise<void> {
    if (this.unreachableAtRegister) return Promise.reject(new AsteriskUnreachableError('gone'));
    this.registered.push(...endpoints);
    return Promise.resolve();
  }

  override endpoints(): Promise<string[]> {
    const names = this.names(/^\[([^\]]+)\]\(denwaban-(?!phone-a)/gm, this.inForce['pjsip.conf']);
    return Promise.resolve([...names, ...this.left]);
  }

  override contexts(): Promise<string[]> {
    return Promise.resolve(this.names(/^\[([^\]]+)\]$/gm, this.inForce['extensions.conf']));
  }

  private names(pattern: RegExp, text: string): string[] {
    return [...text.matchAll(pattern)].map(([, name = '']) => name).filter((name) => name !== this.lacks);
  }
}

function otherOffice(): ConfigurationDocument {
  const document = smallOffice();
  document.phones.push({ id: 'p202', name: '市民課2', type: 'sip', extension: '202', secret: 'secret-of-202' });
  return document;
}

let files: FilesInMemory;
let asterisk: AsteriskInMemory;
let applier: ConfigurationApplier;

beforeEach(() => {
  files = new FilesInMemory();
  asterisk = new AsteriskInMemory(files);
  applier = new ConfigurationApplier(asterisk, files as unknown as GeneratedFiles);
  applier.verifyWithinMs = 100;
});

describe('applying a configuration', () => {
  it('writes it, makes Asterisk read it, and keeps it as the last good one', async () => {
    await applier.apply(smallOffice());
    expect(asterisk.inForce).toEqual(renderConfiguration(smallOffice()));
    expect(files.kept).toEqual(smallOffice());
  });

  it('only verifies what is in force already', async () => {
    await applier.apply(smallOffice());
    await applier.apply(smallOffice());
    expect({ writes: files.writes, reloads: asterisk.reloads }).toEqual({ writes: 1, reloads: 1 });
  });

  it('makes an Asterisk that has forgotten read it again', async () => {
    await applier.apply(smallOffice());
    asterisk.inForce = NOTHING;
    await applier.apply(smallOffice());
    expect(asterisk.inForce).toEqual(renderConfiguration(smallOffice()));
  });

  it('refuses a document with problems before anything is written', async () => {
    const document = smallOffice();
    document.trunks = [];
    await expect(applier.apply(document)).rejects.toThrow(ConfigurationUnfitError);
    expect(files.writes).toBe(0);
  });

  it('applies one document after the other', async () => {
    await Promise.all([applier.apply(smallOffice()), applier.apply(otherOffice())]);
    expect(asterisk.inForce).toEqual(renderConfiguration(otherOffice()));
    expect(files.kept).toEqual(otherOffice());
  });
});

describe('a configuration that does not come into force', () => {
  beforeEach(async () => {
    await applier.apply(smallOffice());
  });

  const expectFormer = () => {
    expect(files.content).toEqual(renderConfiguration(smallOffice()));
    expect(asterisk.inForce).toEqual(renderConfiguration(smallOffice()));
    expect(files.kept).toEqual(smallOffice());
  };

  it('leaves the former in force when an endpoint is missing afterwards, and names it', async () => {
    asterisk.lacks = '202';
    await expect(applier.apply(otherOffice())).rejects.toMatchObject({
      reasons: ['endpoint 202 is missing'],
      restored: true,
    });
    expectFormer();
  });

  it('leaves the former in force when the dialplan was not read', async () => {
    asterisk.lacks = expectedObjects(otherOffice()).contexts[0] ?? '';
    await expect(applier.apply(otherOffice())).rejects.toThrow(/^context configuration-[0-9a-f]{16} is missing$/);
    expectFormer();
  });

  it('leaves the former in force when Asterisk logs an error', async () => {
    files.logged = ['ERROR[1] res_sorcery_config.c: Could not create an object'];
    await expect(applier.apply(otherOffice())).rejects.toThrow(ConfigurationNotAppliedError);
    expectFormer();
  });

  it('leaves the former in force when it cannot be written', async () => {
    files.failAtWrite = 2;
    await expect(applier.apply(otherOffice())).rejects.toMatchObject({
      reasons: ['Error: no space left on device'],
      restored: true,
    });
    expectFormer();
  });

  it('leaves the former in force when Asterisk goes away meanwhile, which says nothing about the document', async () => {
    asterisk.unreachableAtReload = 2;
    await expect(applier.apply(otherOffice())).rejects.toThrow(AsteriskUnreachableError);
    expectFormer();
  });

  it('says so when the former could not be put back', async () => {
    asterisk.lacks = '202';
    asterisk.unreachableAtReload = 3;
    await expect(applier.apply(otherOffice())).rejects.toMatchObject({ restored: false });
  });

  it('does not stand in the way of the next one', async () => {
    asterisk.lacks = '202';
    const refused = applier.apply(otherOffice());
    const next = applier.apply(smallOffice());
    await expect(refused).rejects.toThrow(ConfigurationNotAppliedError);
    await expect(next).resolves.toBeUndefined();
  });
});

describe('a configuration with less than before', () => {
  it('is not in force as long as a removed endpoint is still there', async () => {
    await applier.apply(otherOffice());
    asterisk.left = ['999'];
    await expect(applier.apply(smallOffice())).rejects.toThrow('endpoint 999 is still there');
  });
});

describe('a trunk with another secret', () => {
  const withSecret = (secret: string) => {
    const document = smallOffice();
    const { id, name, host, port } = document.trunks[0] ?? fail();
    document.trunks = [{ id, name, host, port, type: 'registration', user: '3', secret }];
    return document;
  };
  const fail = () => {
    throw new Error('no trunk');
  };

  beforeEach(async () => {
    await applier.apply(withSecret('wrong'));
  });

  it('registers anew with it, once', async () => {
    expect(asterisk.registered).toEqual([]);
    await applier.apply(withSecret('right'));
    await applier.apply(withSecret('right'));
    expect(asterisk.registered).toEqual(['trunk-hikari']);
  });

  it('registers anew later when Asterisk goes away right before', async () => {
    asterisk.unreachableAtRegister = true;
    await expect(applier.apply(withSecret('right'))).rejects.toThrow(AsteriskUnreachableError);
    asterisk.unreachableAtRegister = false;
    await applier.apply(withSecret('right'));
    expect(asterisk.registered).toEqual(['trunk-hikari']);
  });
});
