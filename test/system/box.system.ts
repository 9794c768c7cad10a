import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBox, type RunningBox } from '../box.ts';

const PARTS = ['postgres', 'asterisk', 'telephony', 'api', 'worker'];

describe('the box', () => {
  let box: RunningBox;

  beforeAll(async () => {
    box = await startBox();
  });

  afterAll(async () => {
    await box.stop();
  });

  it('runs all its parts', () => {
    expect(Object.keys(box.pids).sort()).toEqual(['starter', ...PARTS].sort());
  });
});
