import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Endpoints, type HomeLayout } from '../../backend/src/platform/settings.ts';

const fileOf = (layout: HomeLayout) => resolve(layout.run, 'endpoints.json');

/** @returns what the last run chose, or null when there was none or it cannot be read */
export function lastEndpoints(layout: HomeLayout): Endpoints | null {
  if (!existsSync(fileOf(layout))) return null;
  try {
    return Endpoints.parse(JSON.parse(readFileSync(fileOf(layout), 'utf8')));
  } catch {
    return null;
  }
}

export function writeEndpoints(layout: HomeLayout, endpoints: Endpoints): void {
  const file = fileOf(layout);
  writeFileSync(`${file}.partial`, JSON.stringify(endpoints, null, 2));
  renameSync(`${file}.partial`, file);
}
