import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { nameConstraints, permits } from './name-constraints.ts';

describe('what the box’s authority may vouch for', () => {
  const made = { hosts: ['localhost', 'box.city.example'], addresses: ['127.0.0.1', '203.0.113.7'] };

  it('is its own names, and any private address', () => {
    expect(permits(made, made)).toBe(true);
    for (const address of ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1', '127.0.0.9'])
      expect(permits(made, { hosts: [], addresses: [address] })).toBe(true);
  });

  it('is no other name and no other public address', () => {
    expect(permits(made, { hosts: ['bank.example'], addresses: [] })).toBe(false);
    for (const address of ['203.0.113.8', '172.32.0.1', '11.0.0.1', '8.8.8.8'])
      expect(permits(made, { hosts: [], addresses: [address] })).toBe(false);
  });

  it('is written down critically, in DER', () => {
    const extension = nameConstraints(made);
    expect(extension.type).toBe('2.5.29.30');
    expect(extension.critical).toBe(true);
    const der = Buffer.from(extension.value).toString('hex');
    // iPAddress 10.0.0.0/8 and the one public address as /32 (RFC 5280, 4.2.1.10)
    expect(der).toContain('87080a000000ff000000');
    expect(der).toContain('8708cb007107ffffffff');
    expect(Buffer.from(extension.value).toString('latin1')).toContain('box.city.example');
  });
});
