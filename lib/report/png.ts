/** A page as one picture, set line by line in the font that comes with the project. */
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { fontFiles, fontName } from '../figures/fonts.ts';
import { svgToPng } from '../figures/render.ts';
import { colours } from '../figures/theme.ts';
import { escapeHtml } from './html.ts';
import type { Block, Page } from './page.ts';

/** CSS pixels. */
const width = 1000;
const margin = 30;
const inner = width - 2 * margin;
const bodySize = 14;
/** From line to line, as a share of the font's size. */
const leading = 1.4;
/** Pixels of the PNG per CSS pixel. */
const zoom = 1.5;

const warningColour = '#d55e00';

/** A picture with its size, of which the page shows as much as fits its width. */
export interface SizedPicture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface Look {
  readonly size: number;
  readonly isBold?: boolean;
  readonly colour?: string;
}

const plain: Look = { size: bodySize };

type Measure = (text: string, look: Look) => number;

function openMeasure(): Measure {
  for (const file of fontFiles()) GlobalFonts.registerFromPath(file, fontName);
  const pen = createCanvas(1, 1).getContext('2d');
  return (text, { size, isBold }) => {
    pen.font = `${isBold ? 'bold' : 'normal'} ${size}px "${fontName}"`;
    return pen.measureText(text).width;
  };
}

/** The text in lines of at most `room` pixels, broken at spaces, and inside of words that are longer than a line. */
export function wrapText(text: string, room: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= room) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const letter of word) {
      if (line !== '' && widthOf(line + letter) > room) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return [...lines, line];
}

/** Draws from top to bottom; `y` is the lower edge of what is there. */
class Sheet {
  readonly #parts: string[] = [];
  readonly #measure = openMeasure();
  y = margin;

  /** Lines at a place; returns the y below them. */
  linesAt(text: string, x: number, y: number, room: number, look: Look): number {
    let below = y;
    for (const line of wrapText(text, room, (part) => this.#measure(part, look))) {
      below += leading * look.size;
      const weight = look.isBold ? ' font-weight="bold"' : '';
      const at = `x="${x}" y="${below - 0.35 * look.size}" font-size="${look.size}"`;
      const ink = `fill="${look.colour ?? colours.text}"${weight}`;
      this.#parts.push(`<text ${at} ${ink} xml:space="preserve">${escapeHtml(line)}</text>`);
    }
    return below;
  }

  text(text: string, look: Look = plain, inset = 0): void {
    this.y = this.linesAt(text, margin + inset, this.y, inner - 2 * inset, look);
  }

  rule(x1: number, x2: number, y: number): void {
    this.#parts.push(`<path d="M${x1} ${y}H${x2}" stroke="#dddddd"/>`);
  }

  /** A frame around what `draw` draws, or a bar at its left. */
  framed(colour: string, isBar: boolean, draw: () => void): void {
    const top = this.y;
    this.y += 8;
    draw();
    this.y += 8;
    const at = `x="${margin}" y="${top}" height="${this.y - top}"`;
    const frame = `width="${inner}" fill="none" stroke="${colour}" stroke-width="2"`;
    this.#parts.push(`<rect ${at} ${isBar ? `width="5" fill="${colour}"` : frame}/>`);
  }

  picture({ png, width: wide, height }: SizedPicture): void {
    const scale = Math.min(1, inner / wide);
    const [w, h] = [wide * scale, height * scale];
    const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const at = `x="${(width - w) / 2}" y="${this.y}" width="${w}" height="${h}"`;
    this.#parts.push(`<image ${at} href="${source}"/>`);
    this.y += h;
  }

  svg(): string {
    const height = Math.ceil(this.y + margin);
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    const font = `font-family="${fontName}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>\n${this.#parts.join('\n')}\n</svg>`;
  }
}

/** The first column takes what the longest of its texts needs, at most two fifths; the others share the rest. */
function drawTable(sheet: Sheet, rows: readonly (readonly string[])[]): void {
  const columns = Math.max(...rows.map((row) => row.length)) - 1;
  const first = 0.38 * inner;
  const each = (inner - first) / Math.max(columns, 3);
  rows.forEach((row, r) => {
    const bottoms = row.map((cell, c) => {
      const [x, room] = c === 0 ? [margin, first - 14] : [margin + first + (c - 1) * each, each - 14];
      // the only column of values has the room of all
      const wide = columns === 1 && c === 1 ? inner - first : room;
      return sheet.linesAt(cell, x, sheet.y, wide, { size: bodySize, isBold: r === 0 });
    });
    sheet.y = Math.max(...bottoms) + 3;
    sheet.rule(margin, width - margin, sheet.y);
    sheet.y += 2;
  });
}

function drawBlock(sheet: Sheet, block: Block, picture: SizedPicture): void {
  if (block.kind === 'table') drawTable(sheet, block.rows);
  else if (block.kind === 'picture') sheet.picture(picture);
  else if (block.kind === 'sentences') for (const sentence of block.sentences) sheet.text(sentence);
  else
    sheet.framed(warningColour, true, () => {
      for (const sentence of block.sentences) sheet.text(sentence, plain, 16);
    });
  sheet.y += 8;
}

/** The page as a PNG of 1500 pixels' width, as long as it needs. */
export function pngOf({ title, notice, sections, foot }: Page, picture: SizedPicture): Buffer {
  const sheet = new Sheet();
  sheet.text(title, { size: 24, isBold: true });
  sheet.y += 10;
  sheet.framed('#aa3333', false, () => sheet.text(notice, { size: bodySize, isBold: true }, 12));
  for (const section of sections) {
    sheet.y += 16;
    sheet.text(section.title, { size: 18, isBold: true });
    sheet.y += 6;
    for (const block of section.blocks) drawBlock(sheet, block, picture);
  }
  sheet.y += 10;
  sheet.text(foot, { size: 12, colour: colours.quiet });
  return svgToPng(sheet.svg(), zoom);
}
