const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** As disks are sold: powers of 1000, three digits. 1,234,567,890 gives 1.23 GB. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, value))));
  return `${value.toFixed(digits)} ${UNITS[power] ?? ''}`;
}
