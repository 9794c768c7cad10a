import { describe, expect, it } from '@jest/globals';
import { readOperatorSettings, SettingsError, vaultPlaceOf } from './settings.ts';

const problemsOf = (environment: Record<string, string>) => {
  try {
    readOperatorSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ setting }) => setting);
    throw error;
  }
  return [];
};

describe('operator settings', () => {
  it('have defaults that listen on loopback only', () => {
    const settings = readOperatorSettings({});
    expect(settings.DENWABAN_BIND).toBe('127.0.0.1');
    expect(settings.DENWABAN_SIP_BIND).toBe('127.0.0.1');
    expect(settings.DENWABAN_RTP_PORTS).toEqual([10000, 10999]);
  });

  it('name every wrong setting at once', () => {
    expect(
      problemsOf({ DENWABAN_HTTPS_PORT: '99999', DENWABAN_SIP_BIND: 'office', DENWABAN_RTP_PORTS: '10-20' }),
    ).toEqual(['DENWABAN_HTTPS_PORT', 'DENWABAN_SIP_BIND', 'DENWABAN_RTP_PORTS']);
  });

  it('refuse a misspelt setting instead of ignoring it', () => {
    expect(problemsOf({ DENWABAN_HTTP_PORT: '8443' })).toEqual(['DENWABAN_HTTP_PORT']);
  });

  it('treat an empty value as absent', () => {
    expect(readOperatorSettings({ DENWABAN_ADMIN_PASSWORD: '' }).DENWABAN_ADMIN_PASSWORD).toBeUndefined();
  });

  it('want a time stamping authority together with its root, and no password in its address', () => {
    const url = 'https://tsa.example.jp/rfc3161';
    expect(problemsOf({ DENWABAN_TSA_URL: url })).toEqual(['DENWABAN_TSA_CA']);
    expect(problemsOf({ DENWABAN_TSA_CA: '/etc/tsa.pem' })).toEqual(['DENWABAN_TSA_CA']);
    expect(problemsOf({ DENWABAN_TSA_URL: url, DENWABAN_TSA_CA: '/etc/tsa.pem' })).toEqual([]);
    expect(
      problemsOf({ DENWABAN_TSA_URL: 'https://me:secret@tsa.example.jp', DENWABAN_TSA_CA: '/etc/tsa.pem' }),
    ).toEqual(['DENWABAN_TSA_URL']);
  });

  it('refuse a short first password', () => {
    expect(problemsOf({ DENWABAN_ADMIN_PASSWORD: 'short' })).toEqual(['DENWABAN_ADMIN_PASSWORD']);
  });

  it('tell where the vault is', () => {
    const placeOf = (environment: Record<string, string>) =>
      vaultPlaceOf(readOperatorSettings(environment), '/home/vault');
    const DENWABAN_S3_ENDPOINT = 'https://storage.example:9000';
    expect(placeOf({})).toEqual({ kind: 'disk', directory: '/home/vault' });
    expect(placeOf({ DENWABAN_VAULT: '/mnt/vault' })).toEqual({ kind: 'disk', directory: '/mnt/vault' });
    expect(placeOf({ DENWABAN_VAULT: 's3://vault', DENWABAN_S3_ENDPOINT })).toMatchObject({
      ...{ kind: 's3', bucket: 'vault', prefix: '', region: 'us-east-1', caFile: null },
    });
    expect(placeOf({ DENWABAN_VAULT: 's3://vault/office/1/', DENWABAN_S3_ENDPOINT })).toMatchObject({
      prefix: 'office/1/',
    });
  });

  it.each<[string, Record<string, string>]>([
    ['DENWABAN_VAULT', { DENWABAN_VAULT: 'vault' }],
    ['DENWABAN_VAULT', { DENWABAN_VAULT: 's3://key:secret@vault' }],
    ['DENWABAN_VAULT', { DENWABAN_VAULT: 's3://vault/../other' }],
    ['DENWABAN_S3_ENDPOINT', { DENWABAN_VAULT: 's3://vault' }],
    ['DENWABAN_S3_ENDPOINT', { DENWABAN_S3_ENDPOINT: 'http://storage.example' }],
    ['DENWABAN_S3_ENDPOINT', { DENWABAN_S3_ENDPOINT: 'https://key:secret@storage.example' }],
    ['DENWABAN_S3_CA', { DENWABAN_S3_CA: 'ca.pem' }],
  ])('name %s when it cannot be used: %p', (setting, environment) => {
    expect(problemsOf(environment)).toEqual([setting]);
  });
});
