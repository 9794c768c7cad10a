import { createHmac, webcrypto } from 'node:crypto';

/** Contents with no repetition at the size of a chunk: byte i is `i * 31 + (i >> 8)` modulo 256. */
export function patternBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + (i >> 8);
  return bytes;
}

/** Another implementation, sentence by sentence after the specification and with none of the code under test. */
export async function literalEncrypt(key: Buffer, salt: Buffer, context: Buffer, message: Buffer): Promise<Buffer> {
  const info = Buffer.concat([
    Buffer.from('c2sp.org/chunked-encryption@v1+'),
    Buffer.from('AEAD_AES_256_GCM'),
    Buffer.from([0]),
    salt,
    context,
  ]);
  const first = createHmac('sha512', key)
    .update(Buffer.concat([info, Buffer.from([1])]))
    .digest();
  const second = createHmac('sha512', key)
    .update(Buffer.concat([first, info, Buffer.from([2])]))
    .digest();
  const derived = Buffer.concat([first, second]);
  const aead = await webcrypto.subtle.importKey('raw', derived.subarray(0, 32), 'AES-GCM', false, ['encrypt']);
  const baseNonce = BigInt(`0x${derived.subarray(32, 44).toString('hex')}`);
  const parts = [salt, derived.subarray(44, 76)];
  for (let chunk = 0; chunk * 16384 <= message.length; chunk++) {
    const nonce = (baseNonce ^ BigInt(chunk)).toString(16).padStart(24, '0');
    const plaintext = message.subarray(chunk * 16384, (chunk + 1) * 16384);
    const sealed = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv: Buffer.from(nonce, 'hex') }, aead, plaintext);
    parts.push(Buffer.from(sealed));
  }
  return Buffer.concat(parts);
}
