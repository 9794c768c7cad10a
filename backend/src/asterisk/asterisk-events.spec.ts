import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAsteriskEvent } from './asterisk-events.ts';

const at = new Date('2026-11-21T18:44:33.806Z');
const channel = (id: string, more: object = {}) => ({
  id,
  name: `PJSIP/201-0000000${id}`,
  state: 'Ring',
  caller: { name: 'あ', number: '0901234567' },
  dialplan: { context: 'decide', exten: 's', priority: 3, app_name: '', app_data: '' },
  ...more,
});
const read = (event: object) =>
  readAsteriskEvent(JSON.stringify({ timestamp: '2026-11-21T18:44:33.806+0000', ...event }));
const translated = (id: string) => ({ id, name: `PJSIP/201-0000000${id}`, variables: {} });

describe('an event of Asterisk', () => {
  it('that asks for a claim carries the arguments of the broadcast', () => {
    const app_data = '500,^denwaban$,incoming:58d43a2d-e03a-4d82-ac0e-10c26d99fdb0:main:hello';
    expect(read({ type: 'CallBroadcast', channel: channel('1', { dialplan: { app_data } }) })).toEqual({
      event: {
        type: 'call-broadcast',
        at,
        channel: expect.objectContaining(translated('1')) as unknown,
        args: ['incoming', '58d43a2d-e03a-4d82-ac0e-10c26d99fdb0', 'main', 'hello'],
      },
    });
  });

  it('that asks for a claim without arguments carries none that could be taken for some', () => {
    const event = read({ type: 'CallBroadcast', channel: channel('1') });
    expect(event).toMatchObject({ event: { args: [''] } });
  });

  it('of a channel that came to us carries its arguments and whether it is answered', () => {
    const event = { type: 'StasisStart', args: ['incoming', 'c', 'l', 'n'], channel: channel('1', { state: 'Up' }) };
    expect(read(event)).toMatchObject({ event: { args: ['incoming', 'c', 'l', 'n'] } });
  });

  it.each([
    ['StasisEnd', 'stasis-ended'],
    ['ChannelDestroyed', 'channel-gone'],
    ['ChannelHold', 'held'],
    ['ChannelUnhold', 'resumed'],
  ])('%s is %s', (type, name) => {
    expect(read({ type, channel: channel('1') })).toEqual({ event: { type: name, at, channel: translated('1') } });
  });

  it.each([
    ['done', false],
    ['failed', true],
    ['canceled', true],
  ])('PlaybackFinished in state %s has failed: %s', (state, failed) => {
    const expected = { type: 'playback-finished', at, playbackId: 'p', failed };
    expect(read({ type: 'PlaybackFinished', playback: { id: 'p', state } })).toEqual({ event: expected });
  });

  it('never carries the number of the caller', () => {
    const types = ['CallBroadcast', 'StasisStart', 'StasisEnd', 'ChannelDestroyed', 'ChannelHold'];
    const events = types.map((type) => read({ type, args: [], channel: channel('1') }));
    expect(JSON.stringify(events)).not.toContain('0901234567');
  });

  it('that nobody needs, or that is new, is left alone', () => {
    expect([read({ type: 'ChannelVarset' }), read({ type: 'InventedIn2031' })]).toEqual([
      { ignored: true },
      { ignored: true },
    ]);
  });

  it('that lacks what it should have is told by the place of the lack alone', () => {
    expect(read({ type: 'StasisEnd', channel: { id: '1', secret: 'x' } })).toEqual({
      malformed: 'StasisEnd: channel.name',
    });
    expect(readAsteriskEvent('{"type":"StasisEnd","timestamp":"yesterday"}')).toMatchObject({
      malformed: expect.stringContaining('timestamp') as unknown,
    });
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => readAsteriskEvent(text)).not.toThrow();
      }),
    );
  });
});
