/** A client that leaves in the middle of a stream: a player that jumps, a download that is cancelled. @throws all else */
export function ignoreHangUp(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
  throw error;
}
