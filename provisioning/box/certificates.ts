import 'reflect-metadata';
import { X509Certificate as NodeCertificate, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as x509 from '@peculiar/x509';
import { nameConstraints, permits, type PermittedNames } from './name-constraints.ts';

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** Browsers refuse certificates that are valid for longer than 398 days. */
const SERVER_DAYS = 397;
const RENEW_BEFORE_DAYS = 30;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface CertificateNames {
  addresses: string[];
  hosts: string[];
}

export interface Certificates {
  caFile: string;
  caMade: boolean;
  serverMade: boolean;
}

/** `CryptoKey`, by whichever library's declarations the importing project is compiled. */
type SigningKey = Parameters<typeof crypto.subtle.exportKey>[1];

interface Authority {
  certificate: x509.X509Certificate;
  key: SigningKey;
}

/**
 * The box's own small certificate authority and the console's certificate: `ca.crt`, `ca.key`, `server.crt`, `server.key`.
 * Renewed a month before they run out, and when the box got other names. The authority is trusted by an office's PCs, so
 * it is constrained to this box's names and to private addresses: it could not vouch for any site of the internet.
 */
export async function ensureCertificates(folder: string, names: CertificateNames, now: Date): Promise<Certificates> {
  const at = (name: string) => resolve(folder, name);
  const permitted: PermittedNames = { hosts: names.hosts, addresses: names.addresses };
  const caMade = !isUsable(at('ca.crt'), at('ca.key'), now) || !permits(permittedBy(at('permitted.json')), names);
  if (caMade) {
    await makeAuthority(at, permitted, now);
  }
  const serverMade = caMade || !isUsable(at('server.crt'), at('server.key'), now) || !covers(at('server.crt'), names);
  if (serverMade) await makeServerCertificate(at, names, now);
  return { caFile: at('ca.crt'), caMade, serverMade };
}

function isUsable(certificateFile: string, keyFile: string, now: Date): boolean {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new NodeCertificate(readFileSync(certificateFile));
    return certificate.validToDate.getTime() - now.getTime() > RENEW_BEFORE_DAYS * DAY_MS;
  } catch {
    return false;
  }
}

function covers(certificateFile: string, names: CertificateNames): boolean {
  const certificate = new NodeCertificate(readFileSync(certificateFile));
  return (
    names.addresses.every((address) => certificate.checkIP(address) !== undefined) &&
    names.hosts.every((host) => certificate.checkHost(host) !== undefined)
  );
}

function permittedBy(file: string): PermittedNames {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PermittedNames) : { hosts: [], addresses: [] };
}

type At = (name: string) => string;

async function makeAuthority(at: At, permitted: PermittedNames, now: Date): Promise<void> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [`Denwaban ${permitted.hosts[0] ?? ''} ${now.toISOString().slice(0, 10)}`] }, { O: ['Denwaban'] }],
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      nameConstraints(permitted),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeWhole(at('permitted.json'), JSON.stringify(permitted), 0o600);
  await writePair(at, 'ca', certificate, keys.privateKey);
}

async function makeServerCertificate(at: At, names: CertificateNames, now: Date): Promise<void> {
  const authority = await readAuthority(at);
  const keys = await newKeys();
  const alternatives = [
    ...names.hosts.map((value) => ({ type: 'dns', value }) as const),
    ...names.addresses.map((value) => ({ type: 'ip', value }) as const),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [names.hosts[0] ?? 'denwaban'] }, { O: ['Denwaban'] }],
    issuer: authority.certificate.subject,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + (SERVER_DAYS - 1) * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writePair(at, 'server', certificate, keys.privateKey);
}

async function readAuthority(at: At): Promise<Authority> {
  const key = x509.PemConverter.decodeFirst(readFileSync(at('ca.key'), 'utf8'));
  return {
    certificate: new x509.X509Certificate(readFileSync(at('ca.crt'), 'utf8')),
    key: await crypto.subtle.importKey('pkcs8', key, ALGORITHM, false, ['sign']),
  };
}

const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** A positive number of 126 random bits (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function writePair(at: At, name: string, certificate: x509.X509Certificate, key: SigningKey): Promise<void> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  writeWhole(at(`${name}.key`), `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, 0o600);
  writeWhole(at(`${name}.crt`), `${certificate.toString('pem')}\n`, 0o644);
}

function writeWhole(path: string, content: string, mode: number): void {
  writeFileSync(`${path}.partial`, content, { mode });
  renameSync(`${path}.partial`, path);
}
