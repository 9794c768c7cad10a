/** Permissions this console asks about. The API decides; the console only hides what would be refused. */
export type Permission =
  | 'calls.search'
  | 'calls.watch'
  | 'recordings.play'
  | 'recordings.evidence'
  | 'recordings.delete'
  | 'audit.read'
  | 'recordings.export'
  | 'recordings.reconcile'
  | 'configuration.read'
  | 'configuration.write'
  | 'health.read';
