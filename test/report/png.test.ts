import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodePng, readGreyImage } from '../../lib/io/image.ts';
import type { Page } from '../../lib/report/page.ts';
import { pngOf, wrapText } from '../../lib/report/png.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-report-png-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ten pixels a letter. */
const letters = (text: string): number => 10 * text.length;

describe('lines of text', () => {
  it('break at spaces where the next word does not fit', () => {
    expect(wrapText('one two three', 80, letters)).toEqual(['one two', 'three']);
    expect(wrapText('one', 30, letters)).toEqual(['one']);
    expect(wrapText('', 30, letters)).toEqual(['']);
  });
  it('break inside of words that are longer than a line, and lose no letter', () => {
    expect(wrapText('a incomprehensible b', 80, letters)).toEqual(['a', 'incompre', 'hensible', 'b']);
    expect(wrapText('abc', 5, letters)).toEqual(['a', 'b', 'c']);
  });
});

describe('the page as a picture', () => {
  const long = 'incomprehensibility '.repeat(12);
  const rows = [
    ['', 'first', long, long],
    [long, 'x'.repeat(300), '1', '2'],
  ];
  const page: Page = {
    title: 'a'.repeat(200),
    notice: long,
    foot: '<&>\u0001\u001b',
    sections: [
      {
        title: long,
        blocks: [
          { kind: 'table', rows },
          { kind: 'table', rows: [['', long]] },
          { kind: 'warnings', sentences: [long] },
          { kind: 'picture', text: '' },
        ],
      },
    ],
  };
  const red = encodePng(Uint8ClampedArray.of(255, 0, 0, 255), 1, 1);
  it('has no ink outside of its margins, however long texts and pictures are', async () => {
    const file = path.join(folder, 'page.png');
    writeFileSync(file, pngOf(page, { png: red, width: 4000, height: 100 }));
    const png = await readGreyImage(file);
    expect(png.width).toBe(1500);
    const isClear = (x: number): boolean =>
      Array.from({ length: png.height }, (_, y) => png.data[y * png.width + x]!).every((grey) => grey === 255);
    const clear = Array.from({ length: 1500 }, (_, x) => isClear(x));
    // 30 pixels of margin, 1.5 times enlarged, less the width of the frame's line
    expect([clear.indexOf(false), clear.lastIndexOf(false)]).toEqual([43, 1456]);
  });
});
