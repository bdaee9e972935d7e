/** The teacher's side of the course: timings, expected numbers and usual wrong answers; and the glossary. */
import { dictionary, either, list, object, readJsonAs, realNumber, type Schema, text } from '../lib/io/schema.ts';
import { projectPath } from '../lib/settings.ts';
import { type Exercise } from '../notebooks/lessons/course/exercise.ts';
import { glossary } from '../notebooks/lessons/course/glossary.ts';
import { type CourseSession, type CourseStep, exercisesOf, minutesOf } from '../notebooks/lessons/course/session.ts';
import { type taggedCells } from './course-build.ts';
import { wrapMarkdown } from './docs-wrap.mjs';
import { joinLines } from './notebook.ts';

/** The numbers of solutions and usual mistakes, from running them; `npm run course -- --numbers` writes it. */
export const expectedFile = projectPath('notebooks/course/expected.json');

type Value = number | string | readonly number[] | readonly string[];
const value: Schema<Value> = either([realNumber, text, list(realNumber), list(text)]);

/** By exercise: the right answer, and what each usual mistake leads to. */
export type Expected = Readonly<Record<string, { readonly right: Value; readonly mistakes: readonly Value[] }>>;
const expectedSchema = dictionary(object({ right: value, mistakes: list(value) }));

/** The recorded numbers. Throws a UserError for a file that is no such record. */
export const readExpected = (): Promise<Expected> => readJsonAs(expectedFile, expectedSchema, 'the expected numbers');

/** Asks every exercise for its answer and for those of its mistakes. */
export async function computeExpected(exercises: readonly Exercise[]): Promise<Expected> {
  const found: Record<string, { right: Value; mistakes: Value[] }> = {};
  for (const { id, answer, mistakes } of exercises) {
    const wrong: Value[] = [];
    for (const mistake of mistakes) wrong.push((await mistake.answer()) as Value);
    found[id] = { right: (await answer()) as Value, mistakes: wrong };
  }
  return found;
}

const clock = (minutes: number): string => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;

/** What a step is called: its exercise, its title, or the first heading of its cells. */
function nameOf(step: CourseStep, parts: ReturnType<typeof taggedCells>): string {
  if ('exercise' in step) return `**${step.exercise.id}** ${step.exercise.title}`;
  if ('title' in step) return step.title;
  const heading = parts
    .get(step.part)
    ?.map(({ cell }) => /^#+ (?:\d+\. )?(.+)$/m.exec(joinLines(cell.source))?.[1])
    .find(Boolean);
  return heading ?? step.part;
}

function timetable(session: CourseSession, parts: ReturnType<typeof taggedCells>): string {
  let at = 0;
  const rows = session.steps.map((step) => {
    const row = `| ${clock(at)} | ${minutesOf(step)} | ${nameOf(step, parts)} |`;
    at += minutesOf(step);
    return row;
  });
  const rest = session.minutes - at;
  return ['| at | min | what |', '|---|---|---|', ...rows, `| ${clock(at)} | ${rest} | questions, last words |`].join(
    '\n',
  );
}

const inTable = (words: string): string => words.replaceAll('|', '\\|').replaceAll('\n', ' ');

function exerciseNotes({ id, title, form, why, varies, mistakes, more }: Exercise, expected: Expected): string {
  const known = expected[id];
  const show = (one: unknown): string => (one === undefined ? '–' : form.show(form.read(one) ?? one));
  const about = varies ? ' (hangs on the engine: a little more or less is right, too)' : '';
  return [
    `### ${id} ${title}`,
    `Right: **${show(known?.right)}**${about}. ${why}`,
    `Second hint: ${more}`,
    [
      '| wrong answer | how it comes about | first hint |',
      '|---|---|---|',
      ...mistakes.map((one, i) => `| ${show(known?.mistakes[i])} | ${inTable(one.mistake)} | ${inTable(one.hint)} |`),
    ].join('\n'),
  ].join('\n\n');
}

/** The notes of a session for its teacher, as Markdown. */
export function instructorNotes(
  session: CourseSession,
  parts: ReturnType<typeof taggedCells>,
  expected: Expected,
): string {
  const { name, title, opening, closing, minutes } = session;
  return `${wrapMarkdown(
    [
      `# ${title}: notes for teachers`,
      `Students open \`${name}.ipynb\`; it is in [student](../student/${name}.ipynb), solved in ` +
        `[solutions](../solutions/${name}.ipynb), without prose in [plain](../plain/${name}.ipynb). ` +
        'This page is written by `npm run course`; its numbers come from running the solutions.',
      '## Beginning',
      opening,
      `## Timetable of ${minutes} minutes`,
      timetable(session, parts),
      '## What must have been said at the end',
      closing.map((line) => `- ${line}`).join('\n'),
      '## Exercises',
      ...exercisesOf(session).map((exercise) => exerciseNotes(exercise, expected)),
    ].join('\n\n'),
  ).trimEnd()}\n`;
}

/** The glossary as Markdown. */
export const glossaryText = (): string =>
  [
    '# Glossary of the course',
    '',
    'Written by `npm run course` from `notebooks/lessons/course/glossary.ts`.',
    '',
    '| term | unit or range | meaning |',
    '|---|---|---|',
    ...glossary.map(({ term, unit, meaning }) => `| ${inTable(term)} | ${unit} | ${inTable(meaning)} |`),
    '',
  ].join('\n');
