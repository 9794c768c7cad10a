import { beforeAll, describe, expect, it } from '@jest/globals';
import { CALLER_HZ, newNumber, PHONE_HZ } from '../town/conversation.ts';
import { otherSoundIntervals, type Sound, totalMs } from '../town/listen.ts';
import { OFFICE, PBX_PHONE } from '../town/office.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene } from '../town/scene.ts';
import { eventually } from '../town/waiting.ts';
import { ordinaryDay } from './ordinary-day.ts';

describe('a user of the console in a conversation', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await ordinaryDay();
  });

  it('marks the call, warns the caller and ends the call, which both sides hear and the timeline tells', async () => {
    const { api, town } = scene;
    const from = newNumber();
    const answering = town.phone(PBX_PHONE).willAnswer({ says: { tone: PHONE_HZ } });
    const caller = await town.call({ from, to: OFFICE.library, says: { tone: CALLER_HZ } });
    const phoneCall = await answering.rung();
    const { id } = await api.callWhere('the conversation', { number: from }, ({ state }) => state === 'talking');
    const timeline = async () => (await api.callDetail(id)).timeline;
    const told = (event: string) =>
      eventually(`${event} on the timeline`, async () => (await timeline()).some((entry) => entry.event === event));

    await api.call('PUT', `/calls/${id}/mark`);
    await Promise.all([caller.says('silence'), phoneCall.says('silence')]);
    await api.call('POST', `/calls/${id}/warnings`, { kind: 'recording' });
    await told('announcement-ended');
    await api.call('PUT', `/calls/${id}/ending`);
    await api.call('POST', `/calls/${id}/ending/confirm`);
    await Promise.all([caller.ended(), phoneCall.ended()]);

    const call = await api.filedCall(from);
    expect(call).toMatchObject({ marked: true, outcome: 'answered', recording: { completeness: 'complete' } });
    const steps = (await timeline()).map(({ event, detail: { act, notice, heard, by, userName } }) =>
      [event, act ?? notice ?? by, heard, userName && 'by a user'].filter((word) => word !== undefined).join(' '),
    );
    expect(steps.slice(steps.indexOf('answered') + 1).filter((step) => step !== 'left')).toEqual([
      'marked by a user',
      'asked warn by a user',
      'announcement warning-recording',
      'announcement-ended warning-recording whole',
      'ending-armed by a user',
      'asked confirm-ending by a user',
      'ending-confirmed',
      'announcement ending',
      'announcement-ended ending whole',
      'end box',
    ]);
    // The two sentences together take longer.
    const spoken = (sound: Sound) => totalMs(otherSoundIntervals(sound, [400, CALLER_HZ, PHONE_HZ]));
    const { right } = await recordingOf(scene, call);
    for (const sound of [(await caller.heard()).left, (await phoneCall.heard()).left, right])
      expect(spoken(sound)).toBeGreaterThan(4000);
  });
});
