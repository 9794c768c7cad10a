/** A path of this console, whatever stands in the address: never another site, never the log-in screen again. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/log-in') ? next : '/';
}
