/**
 * docs/features: each feature's block has its formula, example, degenerate cases and
 * names, and lib/ gives the same numbers.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FeatureValues } from '../../lib/radiomics/aggregation.ts';
import { firstOrderFeatures } from '../../lib/radiomics/firstOrder.ts';
import { cooccurrenceMatrices, glcmFeatures } from '../../lib/radiomics/glcm.ts';
import { dependenceMatrices, gldmFeatures } from '../../lib/radiomics/gldm.ts';
import { glrlmFeatures, runLengthMatrices } from '../../lib/radiomics/glrlm.ts';
import { glszmFeatures, sizeZoneMatrices } from '../../lib/radiomics/glszm.ts';
import { histogramFeatures } from '../../lib/radiomics/histogram.ts';
import { morphologyFeatures } from '../../lib/radiomics/morphology.ts';
import { type Family, type FeatureName, families, featureNames, isStandard } from '../../lib/radiomics/names.ts';
import { ngtdmFeatures, toneDifferences } from '../../lib/radiomics/ngtdm.ts';
import { shape2dFeatures } from '../../lib/radiomics/shape2d.ts';
import { shape3dFeatures } from '../../lib/radiomics/shape3d.ts';
import { projectPath } from '../../lib/settings.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';
import { valueOf } from './arithmetic.ts';
import { alongX, exampleLevels, planOf, roiOf } from './example.ts';

/** An image of a document or of a degenerate case: x fastest, 0 outside the ROI. */
interface Picture {
  readonly values: number[];
  readonly shape: Vec3;
}

const flat = (value: number, shape: Vec3): Picture => ({
  values: new Array<number>(shape[0] * shape[1] * shape[2]).fill(value),
  shape,
});
const oneLevel = flat(1, [4, 4, 1]);
const oneVoxel = flat(1, [1, 1, 1]);
const slice: Picture = { values: exampleLevels, shape: [4, 4, 1] };
const planOfPicture = ({ values, shape }: Picture) => planOf(values, shape, '2d-average');
const row = (values: number[]): Picture => ({ values, shape: [values.length, 1, 1] });
const withValue = ({ values, shape }: Picture, value: number): Picture => ({
  values: values.map((at) => (at === 0 ? 0 : value)),
  shape,
});

/**
 * How a family's features are made of a picture, what its degenerate cases are (the first
 * two in every block), and its matrix.
 */
interface Made {
  readonly features: (picture: Picture) => FeatureValues;
  readonly cases: (example: Picture) => Record<string, Picture>;
  readonly matrix?: (picture: Picture) => number[][];
}

const greyCases = (): Record<string, Picture> => ({ 'one level': oneLevel, 'one voxel': oneVoxel });
const dense = (counts: ArrayLike<number>, width: number, kept = width): number[][] =>
  Array.from({ length: counts.length / width }, (_, i) =>
    Array.from({ length: kept }, (_, j) => counts[i * width + j]!),
  );

const made: Record<Family, Made> = {
  shape: {
    features: ({ values, shape }) => shape3dFeatures(roiOf(values, shape)),
    cases: () => ({ 'one voxel': oneVoxel, 'one slice': slice, 'one line': flat(1, [3, 1, 1]) }),
  },
  shape2D: {
    features: ({ values, shape }) => shape2dFeatures(roiOf(values, shape)),
    cases: () => ({ 'one pixel': oneVoxel, 'one line': flat(1, [4, 1, 1]) }),
  },
  morphology: {
    features: ({ values, shape }) =>
      morphologyFeatures(roiOf(values, shape), Float64Array.from(values.filter((value) => value !== 0))),
    cases: (example) => ({
      'one voxel': flat(2, [1, 1, 1]),
      'one slice': slice,
      'equal values': withValue(example, 2),
    }),
  },
  firstorder: {
    features: ({ values }) =>
      firstOrderFeatures(
        Float64Array.from(values),
        Int32Array.from(values, (value) => value - Math.min(...values) + 1),
        [1, 1, 2],
      ),
    cases: () => ({
      'equal values': flat(2, [4, 4, 1]),
      'one voxel': flat(2, [1, 1, 1]),
      'values -1 and 1': row([-1, 1]),
    }),
  },
  histogram: {
    features: ({ values }) => histogramFeatures(Int32Array.from(values)),
    cases: greyCases,
    matrix: ({ values }) => [[1, 2, 3, 4].map((level) => values.filter((value) => value === level).length)],
  },
  glcm: {
    features: (picture) => glcmFeatures(alongX(planOfPicture(picture))),
    cases: () => ({ ...greyCases(), 'one pair': row([1, 1, 0, 2]) }),
    matrix: (picture) => dense([...cooccurrenceMatrices(alongX(planOfPicture(picture)))][0]!, 4),
  },
  glrlm: {
    features: (picture) => glrlmFeatures(alongX(planOfPicture(picture))),
    cases: greyCases,
    matrix: (picture) => dense(runLengthMatrices(alongX(planOfPicture(picture))).matrices[0]!, 4),
  },
  glszm: {
    features: (picture) => glszmFeatures(planOfPicture(picture)),
    cases: greyCases,
    matrix: (picture) => {
      const zones = sizeZoneMatrices(planOfPicture(picture))[0]!;
      const counts = new Array<number>(4 * 5).fill(0);
      for (let e = 0; e < zones.counts.length; e++)
        counts[(zones.levels[e]! - 1) * 5 + zones.sizes[e]! - 1] = zones.counts[e]!;
      return dense(counts, 5);
    },
  },
  gldm: {
    features: (picture) => gldmFeatures(planOfPicture(picture)),
    cases: greyCases,
    matrix: (picture) => dense(dependenceMatrices(planOfPicture(picture), 0).matrices[0]!, 9, 5),
  },
  ngtdm: {
    features: (picture) => ngtdmFeatures(planOfPicture(picture)),
    cases: greyCases,
    matrix: (picture) => {
      const { counts, differences } = toneDifferences(planOfPicture(picture), 'count')[0]!;
      return Array.from(counts, (n, at) => [n, differences[at]!]);
    },
  },
};

const textOf = (family: Family): string => readFileSync(projectPath(`docs/features/${family}.md`), 'utf8');
/** A section from its heading to the next of the same rank. */
const sectionOf = (text: string, heading: string): string => {
  const after = text.split(`\n## ${heading}\n`);
  expect([heading, after.length]).toEqual([heading, 2]);
  return after[1]!.split('\n## ')[0]!;
};
const fencesOf = (text: string): string[] => [...text.matchAll(/^```\n([^`]+)\n```$/gm)].map(([, inside]) => inside!);

/** A picture as printed: lines are rows, slices stand beside each other with three spaces between, · is outside. */
function pictureOf(printed: string): Picture {
  const slices = printed
    .split('\n')
    .map((line) =>
      line.split('   ').map((part) => part.split(' ').map((value) => (value === '·' ? 0 : Number(value)))),
    );
  const values = slices[0]!.flatMap((_, z) => slices.flatMap((line) => line[z]!));
  return { values, shape: [slices[0]![0]!.length, slices.length, slices[0]!.length] };
}

/** The named quantities, each made of those before it; a line that begins with a space goes on with the one above. */
function quantitiesOf(printed: string): Map<string, number> {
  const names = new Map<string, number>([
    ['pi', Math.PI],
    ['NaN', NaN],
    ['Infinity', Infinity],
  ]);
  for (const line of printed.replace(/\n +/g, ' ').split('\n')) {
    const [name, arithmetic] = line.split(' = ') as [string, string];
    names.set(name, valueOf(arithmetic, names));
  }
  return names;
}

const layout = new RegExp(
  [
    /^- Formula: \$([^$]+)\$/,
    /- Example: `([^`]+)` = (-?[\d.]+)(?: \([^\n]+\))?/,
    /- Degenerate: ([^\n]+)/,
    /- IBSI: ([^\n]+)/,
    /- PyRadiomics: ([^\n]+)(?:\n- Note: [^\n]+)?$/,
  ]
    .map(({ source }) => source)
    .join('\\n'),
);

/**
 * The blocks of a document's features, which have the same layout everywhere; indented lines go on with the one above.
 */
function blocksOf(text: string) {
  return sectionOf(text, 'Features')
    .split('\n### ')
    .slice(1)
    .map((block) => {
      const [name, ...lines] = block.trim().split('\n');
      const found = layout.exec(
        lines
          .join('\n')
          .replace(/\n {2}(?=\S)/g, ' ')
          .trim(),
      );
      if (!found) throw new Error(`Expected the layout of a feature, found ${block}`);
      const [, formula, arithmetic, value, degenerate, ibsi, pyradiomics] = found as unknown as string[];
      const cases = degenerate!
        .split('; ')
        .map((part) => /^([^`]+) `([^`]+)`$/.exec(part)!.slice(1) as [string, string]);
      return {
        name: name!,
        formula: formula!,
        arithmetic: arithmetic!,
        value: value!,
        cases,
        ibsi: ibsi!,
        pyradiomics: pyradiomics!,
      };
    });
}

/** Equal to a relative tolerance; NaN and infinities only to themselves. */
const isClose = (a: number, b: number, relative: number): boolean =>
  Object.is(a, b) ||
  (Number.isFinite(a) &&
    Number.isFinite(b) &&
    Math.abs(a - b) <= Math.max(relative * Math.max(Math.abs(a), Math.abs(b)), 1e-14));

const ibsiLine = ({ ibsi, ibsiTag, ibsiCode }: FeatureName): string =>
  ibsi ? `${ibsi}, \`${ibsiTag}\`, ${ibsiCode}` : '–';
function pyradiomicsLine(feature: FeatureName): string {
  if (feature.pyradiomics === undefined) return '–';
  return isStandard(feature) ? 'the same' : 'the same, not by default';
}

describe.each(families)('docs/features/%s.md', (family) => {
  const text = textOf(family);
  const { features, cases, matrix } = made[family];
  const fences = fencesOf(sectionOf(text, 'Example'));
  const picture = pictureOf(fences[0]!);
  const names = quantitiesOf(fences.at(-1)!);
  const blocks = blocksOf(text);
  const rows = featureNames.filter((feature) => feature.family === family);

  it('has a block for each feature of the table of names, in its order, with its IBSI and PyRadiomics names', () => {
    expect(blocks.map(({ name, ibsi, pyradiomics }) => [name, ibsi, pyradiomics])).toEqual(
      rows.map((feature) => [feature.name, ibsiLine(feature), pyradiomicsLine(feature)]),
    );
    expect(rows.every(({ name, pyradiomics }) => pyradiomics === undefined || pyradiomics === name)).toBe(true);
  });

  it('shows the picture and the matrix that lib/ makes of it', () => {
    if (!['shape', 'shape2D', 'morphology'].includes(family)) expect(picture).toEqual(slice);
    expect(fences.length).toBe(matrix ? 3 : 2);
    if (!matrix) return;
    const printed = fences[1]!.split('\n').map((line) => line.split(' ').map((cell) => valueOf(cell)));
    expect(printed).toEqual(matrix(picture).map((line) => line.map((value) => expect.closeTo(value, 12))));
  });

  it('has examples whose arithmetic and printed value both equal what lib/ computes', () => {
    const found = features(picture);
    for (const { name, arithmetic, value } of blocks) {
      const [computed, worked, printed] = [found[name] ?? NaN, valueOf(arithmetic, names), Number(value)];
      expect([name, computed, isClose(computed, worked, 1e-8)]).toEqual([name, computed, true]);
      expect([name, computed, isClose(computed, printed, 1e-6)]).toEqual([name, computed, true]);
      const digits = value.replace(/^-?0?\.?0*/, '').replace('.', '').length;
      expect([name, value, digits >= 6 || isClose(computed, printed, 1e-12)]).toEqual([name, value, true]);
    }
  });

  it('names the degenerate cases, and lib/ gives the value stated for each', () => {
    const pictures = cases(picture);
    const known = [...sectionOf(text, 'Degenerate cases').matchAll(/^- \*\*(.+)\*\*: /gm)].map(([, name]) => name!);
    expect(known).toEqual(Object.keys(pictures));
    const found = Object.fromEntries(Object.entries(pictures).map(([name, of]) => [name, features(of)]));
    for (const block of blocks) {
      expect([block.name, ...block.cases.slice(0, 2).map(([name]) => name)]).toEqual([
        block.name,
        ...known.slice(0, 2),
      ]);
      for (const [name, stated] of block.cases) {
        const computed = found[name]![block.name] ?? NaN;
        expect([
          block.name,
          name,
          computed,
          isClose(computed, valueOf(stated, names), /^-?\d+\.\d{5,}$/.test(stated) ? 1e-6 : 1e-9),
        ]).toEqual([block.name, name, computed, true]);
      }
    }
  });

  it('has formulas that Markdown leaves alone, and links to files that exist', () => {
    // Escapes, | and emphasis by * or _ would be taken from the formula before it is drawn.
    for (const [, formula] of text.matchAll(/\$([^$\n]+)\$/g))
      expect(formula).not.toMatch(/[|*<>]|\\[^A-Za-z]|[^A-Za-z]_|^\s|\s$/);
    expect(text.split('$').length % 2).toBe(1);
    for (const [, file] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect([file, existsSync(projectPath(`docs/features/${file}`))]).toEqual([file, true]);
  });
});

it('docs/features has a file for each family and no other, to which docs/radiomics.md links with its count', () => {
  expect(readdirSync(projectPath('docs/features')).sort()).toEqual(families.map((family) => `${family}.md`).sort());
  const index = sectionOf(readFileSync(projectPath('docs/radiomics.md'), 'utf8'), 'Features');
  for (const family of families) {
    const rows = featureNames.filter((feature) => feature.family === family);
    expect(index).toContain(`| [${family}](features/${family}.md) | ${rows.length} |`);
  }
});

it.each(['radiomics.md', ...families.map((family) => `features/${family}.md`)])(
  'the tables of docs/%s have as many cells in each row',
  (file) => {
    const tables = readFileSync(projectPath(`docs/${file}`), 'utf8')
      .split(/\n(?!\|)/)
      .map((part) => part.split('\n').filter((line) => line.startsWith('|')));
    for (const table of tables.filter(({ length }) => length > 0)) {
      expect(table[1]).toMatch(/^\|(---\|)+$/);
      expect([...new Set(table.map((line) => line.split('|').length))].length).toBe(1);
    }
  },
);

describe('the arithmetic of the examples', () => {
  it('has the usual order: powers, signs, products, sums', () => {
    expect(valueOf('1 + 2*3^2/6 - -2^2 - 1')).toBe(1 + 3 + 4 - 1);
    expect(valueOf('2^3^2 - 8/4/2 + max(1, (2), 3) + sqrt(x)', new Map([['x', 16]]))).toBe(512 - 1 + 3 + 4);
  });

  it.each(['1 +', '2 x', 'y', '(1', '1)', '3 % 2', 'constructor', 'PI'])('refuses %s', (text) => {
    expect(() => valueOf(text)).toThrow('Expected');
  });
});
