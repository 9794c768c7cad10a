import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page } from 'playwright-core';
import { readArchive } from '../../console/verifier/archive.ts';

/** Somebody outside the office, at a PC with no network, who unpacked an evidence package. */
export class Outsider {
  readonly page: Page;
  /** What the page fell short of: errors, blocked content, attempts to reach a network. */
  readonly complaints: readonly string[];
  private readonly parts: ReadonlyMap<string, Buffer>;

  private constructor(page: Page, parts: ReadonlyMap<string, Buffer>, complaints: readonly string[]) {
    this.page = page;
    this.parts = parts;
    this.complaints = complaints;
  }

  /**
   * Opens the page of a package from the disk, as a double-click does.
   * @param directory where to unpack
   */
  static async with(browser: Browser, zip: Buffer, directory: string): Promise<Outsider> {
    const parts = new Map<string, Buffer>();
    for (const { name, open } of await readArchive(new Blob([Uint8Array.from(zip)]))) {
      parts.set(name, Buffer.from(await new Response(await open()).arrayBuffer()));
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), parts.get(name) ?? '');
    }
    const context = await browser.newContext({ offline: true, locale: 'ja-JP', reducedMotion: 'reduce' });
    const complaints: string[] = [];
    context.on('console', (message) => void complaints.push(message.text()));
    context.on('weberror', (webError) => void complaints.push(webError.error().message));
    context.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(request.url());
    });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(directory, '検証.html')).href);
    return new Outsider(page, parts, complaints);
  }

  /** @returns the heading of the verdict on an archive */
  verdictOnArchive(zip: Buffer): Promise<string> {
    return this.verdictOn([{ name: '証拠一式.zip', mimeType: 'application/zip', buffer: zip }]);
  }

  /**
   * @param before what stands before the place in the file `name` where one bit is changed
   * @returns the heading of the verdict on the unpacked files
   */
  verdictOnChanged(name: string, before: RegExp): Promise<string> {
    const files = [...this.parts].map(([part, content]) => {
      const buffer = Buffer.from(content);
      if (part === name) changeLetter(buffer, before);
      return { name: part, mimeType: '', buffer };
    });
    return this.verdictOn(files);
  }

  private async verdictOn(files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<string> {
    await this.page.locator('.verdict').evaluateAll((shown) => {
      for (const each of shown) each.remove();
    });
    await this.page.locator('#files').setInputFiles(files);
    return await this.page.locator('.verdict h2').innerText();
  }
}

/** Changes the lowest bit of the first letter or digit there that is one still afterwards: base64 stays base64. */
function changeLetter(content: Buffer, before: RegExp): void {
  const found = before.exec(content.toString('latin1'));
  if (!found) throw new Error(`nothing like ${before} is in it`);
  const isLetter = (byte: number) => /[A-Za-z0-9]/.test(String.fromCharCode(byte));
  const from = found.index + found[0].length;
  const at = content.findIndex((byte, index) => index >= from && isLetter(byte) && isLetter(byte ^ 1));
  if (at < 0) throw new Error(`no letter follows ${before}`);
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
}
