import { describe, expect, it } from '@jest/globals';
import { MasterKeyUnusableError } from '../encryption/key.errors.ts';
import { StoreRefusedError } from '../vault/recording-store.ts';
import { vaultFinding, vaultKeyFinding, workerFinding } from './worker-health.service.ts';

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

const PLACE = 'ディスク /mnt/vault';

describe('the health of the vault', () => {
  it('is good when every file is there', () =>
    expect(vaultFinding(null, 0, PLACE)).toEqual({ status: 'ok', detail: PLACE }));

  it('counts files that are missing', () => {
    const { status, detail } = vaultFinding(null, 2, PLACE);
    expect(status).toBe('degraded');
    expect(detail).toContain('2件');
  });

  it('is down when its disk is not there, and says what to look at', () => {
    const { status, detail } = vaultFinding(new StoreRefusedError('marker-missing'), 0, PLACE);
    expect(status).toBe('down');
    expect(detail).toContain('マウント');
    expect(detail).toContain('録音スプールに残り');
    expect(detail).toContain(PLACE);
    expect(vaultFinding(new Error('EIO'), 0, PLACE).status).toBe('down');
  });
});

describe('the health of the vault’s key', () => {
  it('is good when every recording can be opened', () => expect(vaultKeyFinding(null, []).status).toBe('ok'));

  it('says what is wrong with the file, what to do and that nothing is lost', () => {
    for (const problem of ['missing', 'damaged', 'readable-by-others'] as const) {
      const error = new MasterKeyUnusableError('/secrets/master-key', problem);
      const { status, detail } = vaultKeyFinding(error, []);
      expect(status).toBe('down');
      expect(detail).toContain(error.message);
      expect(detail).toContain('録音スプールに残り');
      expect(detail).not.toContain('/secrets');
    }
  });

  it('tells which key is in force, and whether older ones are kept', () => {
    expect(vaultKeyFinding(null, [], { id: 'abcd', older: 0 }).detail).toBe('鍵番号 abcd');
    expect(vaultKeyFinding(null, [], { id: 'abcd', older: 2 }).detail).toContain('2個');
  });

  it('names the keys that are missing', () => {
    const { status, detail } = vaultKeyFinding(null, ['0123456789abcdef']);
    expect(status).toBe('down');
    expect(detail).toContain('0123456789abcdef');
  });

  it('is down when the keys cannot be read', () => {
    expect(vaultKeyFinding(new Error('EIO'), []).status).toBe('down');
  });
});
