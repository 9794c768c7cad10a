import { createSocket } from 'node:dgram';
import { type BoxAddress } from './town-configuration.ts';

/** An INVITE that is right but for what `spoil` does to it. */
function invite(box: BoxAddress, from: string, number: string, spoil: (message: string) => string): string {
  const id = Math.random().toString(36).slice(2);
  const sdp = ['v=0', `o=- 1 1 IN IP4 ${from}`, 's=-', `c=IN IP4 ${from}`, 't=0 0', 'm=audio 4000 RTP/AVP 0', ''];
  const body = sdp.join('\r\n');
  const message = [
    `INVITE sip:${number}@${box.host}:${box.port} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from}:5062;branch=z9hG4bK${id}`,
    `From: <sip:0901113333@${from}:5062>;tag=${id}`,
    `To: <sip:${number}@${box.host}:${box.port}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:0901113333@${from}:5062>`,
    'Max-Forwards: 70',
    'Content-Type: application/sdp',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
  return spoil(message);
}

/** After RFC 4475 ("SIP Torture Test Messages"), sections 3.1.2 and 3.3: what each message spoils. */
const SPOILS: Record<string, (message: string) => string> = {
  'no Call-ID': (message) => message.replace(/Call-ID: .*\r\n/, ''),
  'no CSeq': (message) => message.replace(/CSeq: .*\r\n/, ''),
  'CSeq out of range': (message) => message.replace('CSeq: 1', 'CSeq: 36893488147419103232'),
  'CSeq of another method': (message) => message.replace('1 INVITE', '1 REGISTER'),
  'no Via': (message) => message.replace(/Via: .*\r\n/, ''),
  'no From': (message) => message.replace(/From: .*\r\n/, ''),
  'unterminated quoted name': (message) => message.replace('From: <', 'From: "never ends <'),
  'unknown protocol version': (message) => message.replace('SIP/2.0\r\n', 'SIP/7.0\r\n'),
  'request URI in angle brackets': (message) => message.replace(/INVITE (\S+)/, 'INVITE <$1>'),
  'negative content length': (message) => message.replace(/Content-Length: \d+/, 'Content-Length: -999'),
  'content length beyond the datagram': (message) => message.replace(/Content-Length: \d+/, 'Content-Length: 9999'),
  'session description that is none': (message) => message.replace(/m=audio.*\r\n/, 'm=audio not-a-port X zero\r\n'),
  'session description cut off': (message) => message.slice(0, -40),
  'control characters in the number': (message) => message.replace('0901113333', '%00%0d%0aX: y'),
  'half a message': (message) => message.slice(0, message.length / 2),
  'no SIP at all': () => '\u0000\u0001\u0002 GET / HTTP/1.1\r\n\r\n',
};

/** Sends every kind of broken INVITE to the box from an address it trusts. Nobody reads the answers. */
export async function sendMalformedInvites(box: BoxAddress, from: string, number: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, from, () => resolve()));
  for (const spoil of Object.values(SPOILS)) {
    const message = invite(box, from, number, spoil);
    await new Promise<void>((resolve, reject) => {
      socket.send(message, box.port, box.host, (error) => (error ? reject(error) : resolve()));
    });
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}
