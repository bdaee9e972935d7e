/** The notebooks of the course: made from its sessions and from the tagged cells of the lesson notebooks. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../lib/errors.ts';
import { projectPath } from '../lib/settings.ts';
import { type Exercise } from '../notebooks/lessons/course/exercise.ts';
import { type CourseSession, type CourseStep } from '../notebooks/lessons/course/session.ts';
import { type Cell, joinLines, type Notebook, readNotebook, splitLines } from './notebook.ts';

/** `student`: to be filled in; `solutions`: filled in; `plain`: to be filled in, headings and tasks but no prose. */
export const kinds = ['student', 'solutions', 'plain'] as const;
export type Kind = (typeof kinds)[number];

/** Where the notebooks of a kind lie. */
export const courseFolder = (kind: string): string => projectPath('notebooks/course', kind);

/** A cell of a lesson notebook that the course takes. */
interface TaggedCell {
  readonly notebook: string;
  readonly cell: Cell;
}

const tagPattern = /^course:(.+)$/;

/** The cells of the lesson notebooks by the part that their tag names, in their order. */
export function taggedCells(folder = projectPath('notebooks')): Map<string, TaggedCell[]> {
  const parts = new Map<string, TaggedCell[]>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb'))
    .sort()) {
    const notebook = path.basename(file, '.ipynb');
    for (const cell of readNotebook(path.join(folder, file)).cells)
      for (const tag of cell.metadata?.tags ?? []) {
        const part = tagPattern.exec(tag)?.[1];
        if (part !== undefined) parts.set(part, [...(parts.get(part) ?? []), { notebook, cell }]);
      }
  }
  return parts;
}

type Parts = ReturnType<typeof taggedCells>;

const textCell = (id: string, text: string): Cell => ({
  cell_type: 'markdown',
  id,
  metadata: {},
  source: splitLines(text),
});
const codeCell = (id: string, code: string, tags?: string[]): Cell => ({
  cell_type: 'code',
  execution_count: null,
  id,
  metadata: tags ? { tags } : {},
  outputs: [],
  source: splitLines(code),
});

/** Headings without the lessons' numbers, links from one folder deeper, and sections by their notebook. */
function moved(text: string, notebook: string): string {
  return text
    .replace(/^(#+) \d+\. /gm, '$1 ')
    .replaceAll('](../', '](../../../')
    .replace(/\bsections? \d+(?:(?:, \d+)* and \d+)?/g, (section) => `${section} of \`${notebook}.ipynb\``);
}

const headingsOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .join('\n');

/** The cells of a part; none without a heading where prose is left out. */
function partCells(part: string, kind: Kind, parts: Parts): Cell[] {
  const found = parts.get(part);
  if (!found) throw new UserError(`Expected cells with the tag course:${part} in the lesson notebooks, found none`);
  return found.flatMap(({ notebook, cell }): Cell[] => {
    const [id, source] = [`${notebook}-${cell.id}`, joinLines(cell.source)];
    if (cell.cell_type === 'code') return [codeCell(id, source)];
    const text = moved(source, notebook);
    const shown = kind === 'plain' ? headingsOf(text) : text;
    return shown ? [textCell(id, shown)] : [];
  });
}

/** The line that the student fills in. */
export const blankOf = ({ name, form }: Exercise): string => `const ${name}: ${form.type} = todo; // your answer`;

/** The code of an exercise, to be filled in or filled in. */
export function exerciseCode(exercise: Exercise, kind: Kind): string {
  const { id, given, name, solution } = exercise;
  const answer = kind === 'solutions' ? solution : blankOf(exercise);
  return [...(given ? [given] : []), answer, `await check('${id}', ${name});`].join('\n');
}

function exerciseCells(exercise: Exercise, kind: Kind): Cell[] {
  const { id, title, minutes, story, task } = exercise;
  const words = [
    `### Exercise ${id}: ${title}`,
    `*${minutes} minutes*`,
    ...(kind === 'plain' ? [] : [story]),
    `**Task.** ${task}`,
  ];
  const place = `exercise-${id.replace('.', '-')}`;
  return [
    textCell(`${place}-task`, words.filter(Boolean).join('\n\n')),
    codeCell(place, exerciseCode(exercise, kind), [kind === 'solutions' ? 'solution' : 'exercise']),
  ];
}

function stepCells(step: CourseStep, place: number, kind: Kind, parts: Parts): Cell[] {
  if ('exercise' in step) return exerciseCells(step.exercise, kind);
  if ('part' in step) return partCells(step.part, kind, parts);
  const heading = `## ${step.title}`;
  const text = kind === 'plain' ? heading : `${heading}\n\n${step.text}`;
  return [textCell(`step-${place}-why`, text), ...(step.code ? [codeCell(`step-${place}`, step.code)] : [])];
}

const sharedSetup = [
  "import * as ax from 'axunet';",
  "import * as lesson from 'axunet-lessons';",
  "import * as course from 'axunet-lessons/course';",
  "import * as study from 'axunet-lessons/study';",
];

/** The first cell: imports, the settings and the patients of the course. */
function setupCode({ setup }: CourseSession): string {
  const isImport = (line: string): boolean => line.startsWith('import ');
  return [
    ...sharedSetup,
    ...setup.filter(isImport),
    'const { check, todo } = course;',
    '',
    'const session = course.openCourse();',
    'const list = await course.openPatients();',
    'console.log(`${list.cases.length} patients`);',
    ...setup.filter((line) => !isImport(line)),
  ].join('\n');
}

/** How one works with the notebook. */
const howTo = ({ name }: CourseSession): string =>
  'Run the cells from the top. In an exercise put your answer in place of `todo`, run the cell and read what `check` ' +
  `says; try as often as you like. \`npm run course -- --reset ${name}\` gives a fresh copy and keeps this one.`;

/** One notebook of a session. Throws a UserError for a part that no lesson notebook has. */
export function courseNotebook(session: CourseSession, kind: Kind, parts: Parts): Notebook {
  const solved = kind === 'solutions' ? ', solved' : '';
  const title = `# ${session.title}${solved}`;
  return {
    cells: [
      textCell('title', kind === 'plain' ? title : `${title}\n\n${session.about}\n\n${howTo(session)}`),
      codeCell('setup', setupCode(session)),
      ...session.steps.flatMap((step, place) => stepCells(step, place + 1, kind, parts)),
    ],
    metadata: { kernelspec: { display_name: 'TypeScript (axunet)', language: 'typescript', name: 'tslab' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}
