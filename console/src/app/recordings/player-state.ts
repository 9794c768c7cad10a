/** What the player is doing. `stalled` = playing, but the network does not keep up. */
export type PlayerState = 'loading' | 'paused' | 'playing' | 'stalled' | 'ended' | 'failed';

/** Events of a media element (HTML standard, 4.8.11.16). */
export const MEDIA_EVENTS = [
  'loadstart',
  'canplay',
  'play',
  'playing',
  'waiting',
  'pause',
  'seeked',
  'ended',
  'error',
] as const;
export type MediaEvent = (typeof MEDIA_EVENTS)[number];

const TRANSITIONS: Record<PlayerState, Partial<Record<MediaEvent, PlayerState>>> = {
  loading: { canplay: 'paused', play: 'stalled', playing: 'playing', pause: 'paused', error: 'failed' },
  paused: { play: 'playing', playing: 'playing', loadstart: 'loading', ended: 'ended', error: 'failed' },
  playing: { waiting: 'stalled', pause: 'paused', ended: 'ended', loadstart: 'loading', error: 'failed' },
  stalled: {
    playing: 'playing',
    canplay: 'playing',
    pause: 'paused',
    ended: 'ended',
    loadstart: 'loading',
    error: 'failed',
  },
  ended: { play: 'playing', seeked: 'paused', loadstart: 'loading', error: 'failed' },
  failed: { loadstart: 'loading' },
};

/** Browsers send events in various orders and some more than once; one that changes nothing here is no mistake. */
export const afterMediaEvent = (state: PlayerState, event: MediaEvent): PlayerState =>
  TRANSITIONS[state][event] ?? state;

export const isRunning = (state: PlayerState): boolean => state === 'playing' || state === 'stalled';
