import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isMissing } from '../platform/file-errors.ts';

const OfSite = z.object({ site: z.object({ id: z.string().min(1) }) });

/** @returns the site's id by the configuration in force; null before there is one */
export async function siteIdIn(path: string): Promise<string | null> {
  try {
    return OfSite.parse(JSON.parse(await readFile(path, 'utf8'))).site.id;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
