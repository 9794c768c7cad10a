import { createSocket, type Socket } from 'node:dgram';

interface Answer {
  status: number;
  to: string;
}

const WAIT_MS = 2000;

/**
 * Sends one INVITE as a carrier could and acknowledges its refusal.
 * @param from the From header without tag
 * @param more further header lines
 * @param requestUri by default the number at the box, as `To` is
 * @param onAnswer called as soon as there is a final answer
 * @returns the final status; null when nothing final came
 */
export async function invite(
  carrier: string,
  box: { host: string; port: number },
  number: string,
  from: string,
  more: readonly string[] = [],
  requestUri = `sip:${number}@${box.host}:${box.port}`,
  onAnswer: () => void = () => undefined,
): Promise<number | null> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, carrier, () => resolve()));
  try {
    const id = crypto.randomUUID();
    const { port } = socket.address();
    const body = [
      'v=0',
      `o=- 1 1 IN IP4 ${carrier}`,
      's=-',
      `c=IN IP4 ${carrier}`,
      't=0 0',
      'm=audio 4000 RTP/AVP 0',
      '',
    ];
    const message = (method: string, to: string, content: string, extra: readonly string[]) =>
      [
        `${method} ${requestUri} SIP/2.0`,
        `Via: SIP/2.0/UDP ${carrier}:${port};branch=z9hG4bK${id};rport`,
        'Max-Forwards: 70',
        `From: ${from};tag=${id}`,
        to,
        `Call-ID: ${id}`,
        `CSeq: 1 ${method}`,
        `Contact: <sip:x@${carrier}:${port}>`,
        ...extra,
        ...(content === '' ? [] : ['Content-Type: application/sdp']),
        `Content-Length: ${Buffer.byteLength(content)}`,
        '',
        content,
      ].join('\r\n');
    const answered = finalAnswer(socket);
    socket.send(message('INVITE', `To: <sip:${number}@${box.host}>`, body.join('\r\n'), more), box.port, box.host);
    const answer = await answered;
    onAnswer();
    if (answer) socket.send(message('ACK', answer.to, '', []), box.port, box.host);
    return answer?.status ?? null;
  } finally {
    await new Promise<void>((resolve) => setTimeout(() => socket.close(() => resolve()), 20));
  }
}

function finalAnswer(socket: Socket): Promise<Answer | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), WAIT_MS);
    socket.on('message', (data) => {
      const text = data.toString();
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1]);
      if (!(status >= 300)) return;
      clearTimeout(timer);
      resolve({ status, to: /^To: .*$/im.exec(text)?.[0].trim() ?? '' });
    });
  });
}
