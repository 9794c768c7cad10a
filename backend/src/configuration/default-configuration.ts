import { SHIPPED_NOTICES } from '../notices/shipped-notices.ts';
import { STANDARD_RECORDINGS } from '../recordings/recording-class.schema.ts';
import type { ConfigurationDocument } from './configuration.schema.ts';

/** What a new box starts from: its notices can be played, and nothing takes calls yet. */
export function defaultConfiguration(): ConfigurationDocument {
  return {
    site: { id: 'main', name: '本庁' },
    trunks: [],
    pbx: null,
    phones: [],
    desks: [],
    notices: SHIPPED_NOTICES.map((notice) => ({ ...notice })),
    lines: [],
    recordings: STANDARD_RECORDINGS,
  };
}
