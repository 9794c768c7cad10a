import { type CallSummary } from '../api/generated/models.ts';

const alarming = ({ recorder }: CallSummary) => recorder === 'stalled' || recorder === 'stopped';

/** What a screen reader says about the step from one moment to the next; empty when nothing is worth a word. */
export function spokenChange(before: readonly CallSummary[], after: readonly CallSummary[]): string {
  const known = new Map(before.map((call) => [call.id, call]));
  const begun = after.filter(({ id }) => !known.has(id)).length;
  const ended = before.filter(({ id }) => !after.some((call) => call.id === id)).length;
  const alarmed = after.filter(
    (call) => alarming(call) && !alarming(known.get(call.id) ?? { ...call, recorder: 'growing' }),
  );
  return [
    alarmed.length > 0 ? $localize`:@@live.saidAlarm:録音されていない通話が${alarmed.length}:count:件あります。` : '',
    begun > 0 ? $localize`:@@live.saidBegun:通話が${begun}:count:件始まりました。` : '',
    ended > 0 ? $localize`:@@live.saidEnded:通話が${ended}:count:件終わりました。` : '',
    begun + ended > 0 ? $localize`:@@live.saidNow:いま${after.length}:count:件です。` : '',
  ].join('');
}
