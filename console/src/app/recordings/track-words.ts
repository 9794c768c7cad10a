import { type RecordingTrack } from '../api/generated/models.ts';

const OUTSIDE = $localize`:@@player.outsideOnly:相手側`;
const OFFICE = $localize`:@@player.officeOnly:職員側`;

const KIND: Record<RecordingTrack['kind'], string> = {
  silence: $localize`:@@track.silence:沈黙`,
  overlap: $localize`:@@track.overlap:被り(同時に話している)`,
  loud: $localize`:@@track.loud:大声`,
  clipping: $localize`:@@track.clipping:音割れ`,
};

/** What a track is, and on which side, e.g. `大声(相手側)`. */
export function trackWords({ kind, side }: Pick<RecordingTrack, 'kind' | 'side'>): string {
  if (side === null) return KIND[kind];
  const who = side === 'left' ? OUTSIDE : OFFICE;
  return $localize`:@@track.ofSide:${KIND[kind]}:kind:(${who}:side:)`;
}
