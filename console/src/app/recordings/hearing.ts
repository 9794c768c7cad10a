/** What of a recording is heard: both sides, each in its ear, or one channel in both. */
export type Hearing = 'both' | 'outside' | 'office' | 'mono';

/** Left is the outside party, right is our side: the promise of every recording. */
const QUERY: Record<Hearing, string> = { both: '', outside: '?side=left', office: '?side=right', mono: '?mix=mono' };

/** The one channel is made by the box, so that what was heard is on record as it was heard. */
export const audioUrl = (recordingId: string, hearing: Hearing): string =>
  `/api/v1/recordings/${recordingId}/audio${QUERY[hearing]}`;
