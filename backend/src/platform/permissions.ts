/** Every permission there is. `public` = no log-in; `session` = any logged-in user. */
export const PERMISSIONS = [
  'public',
  'session',
  'calls.search',
  'calls.watch',
  'recordings.play',
  'recordings.delete',
  'recordings.reconcile',
  'recordings.evidence',
  'recordings.export',
  'audit.read',
  'audit.verify',
  'configuration.read',
  'configuration.write',
  'schedules.switch',
  'routing.simulate',
  'health.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
