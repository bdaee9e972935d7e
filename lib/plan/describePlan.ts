/** A plan as text: the fingerprint in lines, the choices in a table. */
import { cleanText } from '../errors.ts';
import { counted, percent, shortNumber } from './choice.ts';
import { describeContrast } from './contrast.ts';
import type { Fingerprint, Spread } from './fingerprint.ts';
import type { PlanFile } from './planFile.ts';

const range = ({ median, min, max }: Spread, show = (value: number): string => shortNumber(value)): string =>
  min === max ? show(min) : `${show(median)} (${show(min)} to ${show(max)})`;

/** Name and text of each line of a fingerprint; middle case first, the ends behind it. */
function fingerprintRows(fp: Fingerprint): [string, string][] {
  const isPictures = fp.kind === '2d';
  const size = isPictures ? 'px' : 'ml';
  const groups = Object.entries(fp.groups ?? {}).map(([group, n]) => `${n} ${group}`);
  const patients = `${counted(fp.cases, 'case')} of ${counted(fp.patients, 'patient')}`;
  const [x, y, z] = fp.spacing;
  return [
    ['cases', [patients, ...(groups.length > 0 ? [groups.join(', ')] : [])].join('; ')],
    ['slices', `${fp.slices}, ${fp.slicesWithForeground} with foreground`],
    ['size', `${fp.shape.map((side) => range(side)).join(' × ')} ${isPictures ? 'pixels' : 'voxels'} (x, y, z)`],
    ...(isPictures ? [] : [['spacing', `${[x, y, z].map((side) => range(side)).join(' × ')} mm`] as [string, string]]),
    ...(fp.body ? [['body', `${range(fp.body[1])} mm wide, ${range(fp.body[0])} mm deep`] as [string, string]] : []),
    [
      'organ',
      `${range(fp.size)} ${size}, ${range(fp.foregroundShare, percent)} of the ${isPictures ? 'pixels' : 'voxels'}`,
    ],
    ['parts', `${range(fp.parts)} in a case, the largest ${range(fp.largestPart, percent)} of it`],
    ...fp.classes.map(({ name, values, cases, medianSize }): [string, string] => [
      name,
      `label ${values.join('+')} in ${counted(cases, 'case')}, ${shortNumber(medianSize)} ${size} in the middle one`,
    ]),
    ['organ HU', organHu(fp)],
    ...(fp.contrast ? [['contrast', describeContrast(fp.contrast)] as [string, string]] : []),
  ];
}

function organHu({ organHu: hu, caseHu }: Fingerprint): string {
  if (!hu || !caseHu) return 'unknown: pictures have grey values';
  const values = [hu.p005, hu.p05, hu.p50, hu.p95, hu.p995].join(', ');
  return `${values} (0.5, 5, 50, 95, 99.5 %); medians of cases ${range(caseHu)}`;
}

/** So many columns are filled with text. */
const textWidth = 118;

/** Breaks a text at spaces. */
function wrapped(line: string, width: number): string[] {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** Rows whose last column is broken into lines below each other. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(cleanText));
  const columns = cells[0]!.length - 1;
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const room = Math.max(40, textWidth - widths.reduce((sum, width) => sum + width + 2, 0));
  return cells
    .flatMap((row) =>
      wrapped(row[columns]!, room).map((line, k) =>
        [...widths.map((width, i) => (k === 0 ? row[i]! : '').padEnd(width)), line].join('  ').trimEnd(),
      ),
    )
    .join('\n');
}

/** What was found and what was chosen, to be read. */
export function describePlan({ dataset, fingerprint, choices, machine }: PlanFile): string {
  const rows = choices.map(({ choice, value, reason }) => [choice, value, reason]);
  return [
    `${cleanText(dataset)}: middle case (least to most)`,
    table(fingerprintRows(fingerprint)),
    '',
    table([['choice', 'value', 'reason'], ...rows]),
    '',
    `The step time is of ${cleanText(machine.engine)}.`,
    'Grid, width and what follows from the number of steps hang on it and on the memory; the rest on the data alone.',
  ].join('\n');
}
