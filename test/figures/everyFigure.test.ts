/** The pictures that come with the project, as they are drawn: titles, units, legends, colours, and places of texts. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../lib/figures/figure.ts';
import { toSvg } from '../../lib/figures/render.ts';
import { axis, makeFigure } from '../../lib/figures/theme.ts';
import { projectRoot } from '../../lib/settings.ts';
import { inspect } from './figureFaults.ts';
import { overlapOf, readSvg } from './svgTexts.ts';

const folder = path.join(projectRoot, 'figures');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.svg') && !file.startsWith('latest'))
  .sort();
const inspected = (file: string) => inspect(readFileSync(path.join(folder, file), 'utf8'), path.basename(file, '.svg'));
const found = new Map(files.map((file) => [file, inspected(file)]));

describe('every figure of the project', () => {
  it('is found', () => expect(files.length).toBeGreaterThan(60));

  it.each(files)('%s can be read alone, at 900 pixels', (file) => {
    expect(found.get(file)!.faults).toEqual([]);
  });

  it('has a title of its own', () => {
    const titles = files.filter((file) => !file.startsWith('recorded')).map((file) => found.get(file)!.title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });
});

const curve = { type: 'scatter', mode: 'lines', x: [0, 1], y: [0, 1] };

describe('a figure with faults', () => {
  it('has each of them found', async () => {
    const note = (text: string, x: number) => ({ text, x, y: 0.5, showarrow: false, font: { size: 7 } });
    const figure = makeFigure(
      [
        { ...curve, name: 'a', line: { color: '#FF0000' } },
        { ...curve, name: 'b' },
      ] as Figure['data'],
      {
        title: 'The guess above',
        width: 500,
        height: 300,
        showlegend: false,
        xaxis: axis({ title: 'Length', unit: 'none' }), // it has one
        yaxis: { showticklabels: true, ticktext: undefined, type: 'linear', title: { text: ' ' } },
        annotations: [
          note('one text', 0.5),
          note('another text', 0.51),
          { ...note('far too far to the right', 1.2), xref: 'paper' },
        ],
      },
    );
    const { faults } = inspect(await toSvg(figure), 'broken');
    expect(faults).toEqual(
      expect.arrayContaining([
        'the title "The guess above" leans on something outside the picture',
        expect.stringMatching(/^axis y .* has no title$/),
        'axis "Length" has no unit, and is not among the quantities without one',
        '2 traces lie in one plot, and no legend says which is which',
        'rgb(255, 0, 0) is no colour of the palette',
        '"another text" lies on "one text"',
        '"far too far to the right" leaves the picture',
        expect.stringMatching(/^"one text" is 7.0 px high/),
      ]),
    );
  });
});

describe('the rectangles of texts', () => {
  const square = (x: number, y: number) =>
    [
      [x, y],
      [x + 2, y],
      [x + 2, y + 2],
      [x, y + 2],
    ] as const; // prettier-ignore
  const diamond = (x: number, y: number) =>
    [
      [x, y - 2],
      [x + 2, y],
      [x, y + 2],
      [x - 2, y],
    ] as const;

  it('lie on each other as far as the shallowest cut, turned or not', () => {
    expect(overlapOf(square(0, 0), square(1.5, 0))).toBeCloseTo(0.5, 12);
    expect(overlapOf(square(0, 0), square(2, 0))).toBe(0);
    // bounding boxes of both overlap, the diamond itself lies beyond the corner (2, 2): |3.5 − 2| + |3.5 − 2| > 2
    expect(overlapOf(square(0, 0), diamond(3.5, 3.5))).toBe(0);
    expect(overlapOf(square(0, 0), diamond(2.5, 2.5))).toBeGreaterThan(0.5);
  });

  it('follow anchors, lines and turns', () => {
    const svg =
      '<svg width="100" height="100"><g transform="translate(10,20)">' +
      '<text text-anchor="end" x="30" y="40" style="font-size: 10px">abc</text>' +
      '<text transform="rotate(-90,50,50)" x="50" y="50" style="font-size: 10px"><tspan class="line" dy="0em" x="50" y="50">one</tspan>' +
      '<tspan class="line" dy="1.3em" x="50" y="50">two</tspan></text></g></svg>';
    const [abc, one, two] = readSvg(svg).texts;
    expect(abc!.corners[1]![0]).toBeCloseTo(40, 9); // ends at 30, moved by 10
    expect(abc!.corners[2]![1]).toBeCloseTo(20 + 40 + 2, 9); // baseline, and a fifth of 10 px below it
    expect(one!.corners[0]![0]).toBeCloseTo(60 - 7.4, 9); // upwards from (60, 70), so its top is at the left
    expect(one!.corners[0]![1]).toBeCloseTo(70, 9);
    expect(two!.corners[0]![0] - one!.corners[0]![0]).toBeCloseTo(13, 9); // the next line, to the right of it
  });
});
