import { describe, expect, it } from '@jest/globals';
import { StoreRefusedError } from './recording-store.ts';
import { vaultFinding, workerFinding } from './worker-health.service.ts';

const CALM = { waiting: 0, failing: 0, trouble: null, spool: null };

describe('the health of the worker', () => {
  it('is good while nothing fails, however much there is to do', () => {
    expect(workerFinding({ ...CALM, waiting: 50 }, 0)).toEqual({ status: 'ok', detail: null });
  });

  it('names the trouble, how many calls wait and that nothing is lost', () => {
    const { status, detail } = workerFinding({ ...CALM, failing: 3, trouble: 'vault-full' }, 0);
    expect(status).toBe('degraded');
    expect(detail).toContain('空き容量');
    expect(detail).toContain('3件');
    expect(detail).toContain('録音スプールに残って');
  });

  it('is bad when the spool cannot be read or calls have vanished from it', () => {
    expect(workerFinding({ ...CALM, spool: 'EIO' }, 0).status).toBe('degraded');
    expect(workerFinding(CALM, 21)).toMatchObject({ status: 'degraded' });
  });
});

describe('the health of the vault', () => {
  it('is good when every file is there', () => expect(vaultFinding(null, 0).status).toBe('ok'));

  it('counts files that are missing', () => {
    const { status, detail } = vaultFinding(null, 2);
    expect(status).toBe('degraded');
    expect(detail).toContain('2件');
  });

  it('is down when its disk is not there, and says what to look at', () => {
    const { status, detail } = vaultFinding(new StoreRefusedError('no marker'), 0);
    expect(status).toBe('down');
    expect(detail).toContain('マウント');
    expect(vaultFinding(new Error('EIO'), 0).status).toBe('down');
  });
});
