/*
 * The part of Node's `Buffer` that the log's code uses (`backend/src/audit/log/`), for browsers. With this and `crypto.ts`
 * in their place, the page verifies with the very code that the box proves with.
 */

type Encoding = 'utf8' | 'hex' | 'base64';

// Node's `from` takes texts too, which no `Uint8Array` does.
class BrowserBuffer extends (Uint8Array as unknown as new (length: number) => Uint8Array) {
  static alloc(length: number): BrowserBuffer {
    return new BrowserBuffer(length);
  }

  static from(value: Iterable<number> | string, encoding?: unknown): BrowserBuffer {
    if (typeof value !== 'string') return copyOf(Uint8Array.from(value));
    if (encoding === 'hex') return copyOf(Uint8Array.from(value.match(/../g) ?? [], (digits) => parseInt(digits, 16)));
    if (encoding === 'base64') return copyOf(fromBase64(value));
    return copyOf(new TextEncoder().encode(value));
  }

  static concat(parts: readonly Uint8Array[]): BrowserBuffer {
    const whole = new BrowserBuffer(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const bytes = this.subarray(start, end);
    if (encoding === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (encoding === 'base64') return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.every((byte, at) => byte === other[at]);
  }

  readUInt8(at = 0): number {
    return new DataView(this.buffer, this.byteOffset).getUint8(at);
  }

  readBigUInt64BE(at = 0): bigint {
    return new DataView(this.buffer, this.byteOffset).getBigUint64(at);
  }
}

const copyOf = (bytes: Uint8Array) => BrowserBuffer.concat([bytes]);

/** As lenient as Node's: what is no base64 gives other bytes, which the caller finds when it compares the texts. */
function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}

export { BrowserBuffer as Buffer };
