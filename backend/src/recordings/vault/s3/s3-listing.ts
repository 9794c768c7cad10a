import type { ListedFile } from '../recording-store.ts';

/** One page of ListObjectsV2 with `encoding-type=url`. */
export interface ListingPage {
  files: ListedFile[];
  /** Where the next page begins; null = this was the last. */
  continuation: string | null;
}

/**
 * Reads the answer of ListObjectsV2. Keys are percent-encoded in it, so that nothing in a key can be taken for markup.
 * @param prefix of the vault in its bucket; paths are what comes after it
 * @throws SyntaxError when it is no such answer
 */
export function parseListing(xml: string, prefix: string): ListingPage {
  if (!/<ListBucketResult[\s>]/.test(xml)) throw new SyntaxError('no ListBucketResult');
  const files = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry = '']) => {
    const [key, sizeBytes] = [textOf(entry, 'Key'), Number(textOf(entry, 'Size') ?? Number.NaN)];
    if (key === null || !Number.isSafeInteger(sizeBytes)) throw new SyntaxError('an entry without key or size');
    return { path: decodeURIComponent(key.replaceAll('+', ' ')).slice(prefix.length), sizeBytes };
  });
  const continuation = textOf(xml, 'NextContinuationToken');
  return { files, continuation: textOf(xml, 'IsTruncated') === 'true' ? continuation : null };
}

/** @returns the code of an S3 error answer, e.g. `NoSuchBucket`, or null */
export const errorCodeOf = (xml: string): string | null => (/<Error[\s>]/.test(xml) ? textOf(xml, 'Code') : null);

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function textOf(xml: string, element: string): string | null {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return text?.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole) ?? null;
}
