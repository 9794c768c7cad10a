import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A crash at any moment leaves the former file or the new one, whole. @param mode of the new one */
export async function writeWhole(path: string, content: string | Buffer, mode: number): Promise<void> {
  const partial = `${path}.partial`;
  await writeAndSync(partial, content, mode);
  await rename(partial, path);
  await syncFolder(dirname(path));
}

/** @param mode of a file that is not there yet */
export async function writeAndSync(path: string, content: string | Buffer, mode: number): Promise<void> {
  await withFile(await open(path, 'w', mode), async (file) => {
    await file.writeFile(content);
    await file.sync();
  });
}

/** After it, what was renamed in a folder stays renamed. */
export const syncFolder = async (path: string): Promise<void> =>
  withFile(await open(path, 'r'), (folder) => folder.sync());

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
