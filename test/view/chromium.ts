/** A viewer page in a real browser. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withPage } from '../chromium.ts';

export { chromium } from '../chromium.ts';

/**
 * Opens a viewer page in a window of 900 × 800 pixels and runs `script`, the body of an async function, in it once it
 * has drawn; returns what that returns, as JSON. `settled()` waits until the page has drawn again.
 */
export async function inChromium<T>(page: string, script: string): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-viewer-'));
  const file = path.join(folder, 'page.html');
  writeFileSync(file, page);
  try {
    return await withPage(pathToFileURL(file).href, ({ evaluate }) =>
      evaluate<T>(`(async () => {
        const settled = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const isDrawn = () => /HU/.test(document.getElementById('crosshair')?.textContent ?? '');
        for (let i = 0; i < 200 && !isDrawn(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
        ${script}
      })()`),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
