/** For reading and speaking: 4分3秒, 1時間2分3秒. Started seconds do not count. */
export function formatDuration(durationMs: number): string {
  const { hours, minutes, seconds } = split(durationMs);
  if (hours > 0) return $localize`:@@duration.hours:${hours}:hours:時間${minutes}:minutes:分${seconds}:seconds:秒`;
  if (minutes > 0) return $localize`:@@duration.minutes:${minutes}:minutes:分${seconds}:seconds:秒`;
  return $localize`:@@duration.seconds:${seconds}:seconds:秒`;
}

/** For players and columns: 4:03, 1:02:03. */
export function formatPosition(durationMs: number): string {
  const { hours, minutes, seconds } = split(durationMs);
  const tail = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

function split(durationMs: number): { hours: number; minutes: number; seconds: number } {
  const total = Math.max(0, Math.floor(durationMs / 1000));
  return { hours: Math.floor(total / 3600), minutes: Math.floor((total % 3600) / 60), seconds: total % 60 };
}
