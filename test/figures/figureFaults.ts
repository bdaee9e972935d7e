/** What is wrong with a drawn figure, in sentences: the rules that every figure of the project keeps. */
import { colours, palette } from '../../lib/figures/theme.ts';
import { type DrawnFigure, type DrawnText, overlapOf, readSvg } from './svgTexts.ts';

/** Quantities without a unit; all others say theirs in parentheses behind the title of the axis. */
const withoutUnit = [
  /^DSC\b/,
  /^Hedges' g\b/, // a pure number, though in SD
  /^Score of a patient$/,
  /^Epoch$/,
  /^Loss\b.*logarithmic\)?$/,
  /^p of Welch's test, logarithmic$/,
  /^(Mean of a seed|Difference)(; (higher|lower) is better)?$/,
  /^Block of the network$/,
  /^Patient(, letter: .*)?$/,
  /^Compared with the network trained by$/,
  /^\d+ features in \d+ clusters, in the same order$/,
];

/** Figures in which each row, column or arrow is named where it stands, so that a legend would repeat it. */
const namedInPlace = [
  /-seeds$|^seed-points$|^planned$/, // a row for each arm, named at its left
  /^radiomics-distributions$/, // groups named below their violins
  /^radiomics-cohort-permutation$/, // both lines named beside them
  /^baselines$/, // columns named below, with their numbers
];

/** Words that lean on a place outside the picture. */
const leaning = /\b(above|below|this section|the same (block|slice)|the guess|see section|as before)\b/i;

const hex = (colour: string): string => {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  return `${r},${g},${b}`;
};

/** The palette, the named colours, and two tints of it that cells of a matrix have, for black text on them. */
const known = new Set([...Object.values(palette), ...Object.values(colours), '#F0B48A', '#8CC3E6'].map(hex));
/** The dark ends of the scale of losses, which are told apart in grey. */
const scale = new Set(['253,219,153', '110,20,40', '40,0,30']);

function isKnown(colour: string): boolean {
  const numbers = [...colour.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
  const [r, g, b] = numbers;
  return (r === g && g === b) || known.has(numbers.join(',')) || scale.has(numbers.join(','));
}

/** `x2` of the class that a tick of the second x axis has. */
const tickAxis = ({ classes }: DrawnText): string | undefined =>
  classes.map((name) => /^([xy]\d*)tick$/.exec(name)?.[1]).find((name) => name !== undefined);

const isNumber = (text: string): boolean => /^[−-]?[\d.,]+(e[+−-]?\d+)?( ?[kMGmµn%])?$/.test(text);

/** Titles of axes by axis; all lines of one. */
function axisTitles(texts: readonly DrawnText[]): Map<string, string> {
  const titles = new Map<string, string>();
  for (const { text, classes } of texts) {
    const axis = classes.map((name) => /^([xy]\d*)title$/.exec(name)?.[1]).find((name) => name !== undefined);
    if (axis) titles.set(axis, `${titles.get(axis) ?? ''} ${text}`.trim());
  }
  return titles;
}

function axisFaults({ texts }: DrawnFigure): string[] {
  const titles = axisTitles(texts);
  const ticks = new Map<string, string[]>();
  for (const text of texts) {
    const axis = tickAxis(text);
    if (axis) ticks.set(axis, [...(ticks.get(axis) ?? []), text.text]);
  }
  const unnamed = [...ticks].filter(([axis, own]) => own.every(isNumber) && !titles.has(axis));
  const unitless = [...titles.values()].filter(
    (title) => !/\([^)]+\)$/.test(title) && !withoutUnit.some((one) => one.test(title)),
  );
  return [
    ...unnamed.map(([axis, own]) => `axis ${axis} (${own[0]} …) has no title`),
    ...unitless.map((title) => `axis "${title}" has no unit, and is not among the quantities without one`),
  ];
}

function textFaults({ texts, width, height }: DrawnFigure): string[] {
  const faults: string[] = [];
  texts.forEach((one, i) => {
    const isOutside = one.corners.some(([x, y]) => x < -1 || y < -1 || x > width + 1 || y > height + 1);
    if (isOutside) faults.push(`"${one.text}" leaves the picture`);
    const seen = one.size * Math.min(1, 900 / width);
    if (seen < 8) faults.push(`"${one.text}" is ${seen.toFixed(1)} px high where the figure is 900 px wide`);
    for (const other of texts.slice(0, i))
      if (overlapOf(one.corners, other.corners) > 1) faults.push(`"${one.text}" lies on "${other.text}"`);
  });
  return faults;
}

/** The title without its smaller second part. */
const titleOf = ({ texts }: DrawnFigure): string => {
  const lines = texts.filter(({ classes }) => classes.includes('gtitle'));
  const largest = Math.max(0, ...lines.map(({ size }) => size));
  return lines
    .filter(({ size }) => size === largest)
    .map(({ text }) => text)
    .join(' ');
};

function titleFaults(title: string): string[] {
  if (title === '') return ['there is no title'];
  if (leaning.test(title)) return [`the title "${title}" leans on something outside the picture`];
  return title.split(' ').length < 3 ? [`the title "${title}" is too short to stand alone`] : [];
}

function legendFaults(figure: DrawnFigure, name: string): string[] {
  const most = Math.max(0, ...Object.values(figure.traces));
  const names = ['legendtext', 'colorbar'];
  const hasLegend = figure.texts.some(({ classes }) => names.some((one) => classes.includes(one)));
  const isNamed = hasLegend || namedInPlace.some((one) => one.test(name));
  return most > 1 && !isNamed ? [`${most} traces lie in one plot, and no legend says which is which`] : [];
}

/** The title of a drawn figure and all its faults; `name` is that of its file. */
export function inspect(svg: string, name: string): { title: string; faults: string[] } {
  const figure = readSvg(svg);
  const strange = figure.colours.filter((colour) => !isKnown(colour));
  const title = titleOf(figure);
  return {
    title,
    faults: [
      ...titleFaults(title),
      ...axisFaults(figure),
      ...legendFaults(figure, name),
      ...strange.map((colour) => `${colour} is no colour of the palette`),
      ...textFaults(figure),
    ],
  };
}
