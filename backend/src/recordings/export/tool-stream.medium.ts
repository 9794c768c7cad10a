import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { type Tool, throughTool, ToolFailedError } from './tool-stream.ts';

const CHUNK = Buffer.alloc(64 * 1024, 7);

const shell = (script: string, more: Partial<Tool> = {}): Tool => ({ command: 'sh', args: ['-c', script], ...more });

async function* input(chunks: number, fails = false): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < chunks; sent++) {
    await setTimeout(0);
    yield CHUNK;
  }
  if (fails) throw new Error('vault gone');
}

async function bytesOf(output: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of output) bytes += chunk.length;
  return bytes;
}

describe('a stream through a tool', () => {
  it('is what the tool makes of it', async () => {
    expect(await bytesOf(throughTool(shell('cat'), input(50)))).toBe(50 * CHUNK.length);
  });

  it('gives a secret to the tool alone', async () => {
    const tool = shell('cat <&3; env; tr "\\0" " " </proc/$$/cmdline', { secret: 'himitsu' });
    const told = (await buffer(throughTool(tool, input(1)))).toString();
    expect(told.match(/himitsu/g)).toHaveLength(1);
  });

  it.each([
    ['fails', shell('cat >/dev/null; echo no such format >&2; exit 2'), 'no such format'],
    ['closes its input and fails', shell('exec <&-; sleep 0.1; exit 3'), 'exit 3'],
    ['is killed', shell('head -c 10 >/dev/null; kill -9 $$'), 'SIGKILL'],
    ['ends well and has said what it must not', shell('cat; echo WARN checksum >&2', { fatal: /WARN/ }), 'checksum'],
    ['does not exist', { command: '/nowhere/tool', args: [] }, 'ENOENT'],
  ] satisfies [string, Tool, string][])('fails when the tool %s', async (_, tool, told) => {
    const reading = bytesOf(throughTool(tool, input(50)));
    await expect(reading).rejects.toThrow(ToolFailedError);
    await expect(reading).rejects.toThrow(told);
  });

  it('fails with what its input fails with, although the tool saw a good end', async () => {
    await expect(bytesOf(throughTool(shell('cat'), input(3, true)))).rejects.toThrow('vault gone');
  });

  it('does not wait for ever for a tool that hangs', async () => {
    await expect(bytesOf(throughTool(shell('exec sleep 60'), input(3), 100))).rejects.toThrow('nothing for too long');
  });

  it('waits for its reader as long as that takes', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const output = throughTool(shell('cat'), input(30), 1000);
      await output.next();
      jest.advanceTimersByTime(60_000);
      expect(await bytesOf(output)).toBeGreaterThan(20 * CHUNK.length);
    } finally {
      jest.useRealTimers();
    }
  });

  it('ends the tool and lets go of its input when its reader leaves', async () => {
    let released = false;
    const endless = async function* () {
      try {
        for (;;) {
          await setTimeout(0);
          yield CHUNK;
        }
      } finally {
        released = true;
      }
    };
    const output = throughTool(shell('echo $$; exec cat'), endless());
    const first = (await output.next()) as IteratorYieldResult<Buffer>;
    const pid = Number(first.value.toString().split('\n')[0]);
    await output.return(undefined);
    expect(released).toBe(true);
    while (isAlive(pid)) await setTimeout(5);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
