import { describe, expect, it } from '@jest/globals';
import { FEATURES } from './features.ts';
import { permitted } from './session/session.guards.ts';

describe('every screen', () => {
  it.each(FEATURES.map((feature) => [feature.path, feature] as const))(
    '%s has a permission, a guard and a title',
    (_, feature) => {
      expect(feature.data.permission).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(feature.canMatch).toContain(permitted);
      expect(feature.title).not.toBe('');
      expect(feature.loadComponent).toBeDefined();
    },
  );
});
