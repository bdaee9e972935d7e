/** The course: every answer is judged as its exercise says, and its notebooks are what the sessions say, and run. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { projectPath } from '../../../lib/settings.ts';
import { check, judge, todo } from '../../../notebooks/lessons/course/check.ts';
import { exercisesOf, minutesOf } from '../../../notebooks/lessons/course/session.ts';
import { courseExercises, courseSessions, findExercise } from '../../../notebooks/lessons/course/sessions.ts';
import { noiseFeatures, pValues } from '../../../notebooks/lessons/course/tables.ts';
import { courseFiles } from '../../../scripts/course.ts';
import { blankOf, courseNotebook, exerciseCode, kinds, taggedCells } from '../../../scripts/course-build.ts';
import { computeExpected, readExpected } from '../../../scripts/course-notes.ts';
import { flags } from '../../../scripts/flags.mjs';
import { type Cell, joinLines, readNotebook, writeNotebook } from '../../../scripts/notebook.ts';

const parts = taggedCells();
const each = courseExercises.map((exercise) => [exercise.id, exercise] as const);

describe('the sessions', () => {
  it('have about 25 exercises, each with an id of its own', () => {
    const ids = courseExercises.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(25);
    expect(ids.map(findExercise)).toEqual(courseExercises);
  });

  it.each(courseSessions.map((session) => [session.name, session] as const))('%s fits into its time', (_, session) => {
    const minutes = session.steps.reduce((sum, step) => sum + minutesOf(step), 0);
    expect(minutes).toBeLessThanOrEqual(session.minutes);
    expect(minutes).toBeGreaterThan(0.75 * session.minutes);
  });

  it('of an hour takes its exercises from the long ones', () => {
    for (const exercise of exercisesOf(courseSessions.at(-1)!)) expect(courseExercises).toContain(exercise);
  });

  it('use every part that a lesson notebook is tagged with', () => {
    const used = courseSessions.flatMap(({ steps }) => steps.flatMap((step) => ('part' in step ? [step.part] : [])));
    expect([...parts.keys()].sort()).toEqual([...new Set(used)].sort());
  });
});

describe.each(each)('exercise %s', (_, exercise) => {
  it('accepts the right answer, and says why it matters', async () => {
    const { outcome, text } = await judge(exercise, await exercise.answer());
    expect(outcome, text).toBe('right');
    expect(text).toContain(exercise.why);
  });

  it('knows each usual mistake, with a hint of its own', async () => {
    for (const [i, { mistake, answer, hint }] of exercise.mistakes.entries()) {
      const { outcome, mistake: found, text } = await judge(exercise, await answer());
      expect([mistake, outcome, found]).toEqual([mistake, 'wrong', i]);
      expect(text).toContain(hint);
      expect(text).not.toContain(exercise.more);
    }
    const hints = exercise.mistakes.map(({ hint }) => hint);
    expect(new Set(hints).size).toBe(hints.length);
  });

  it('tells more at the second wrong answer, and never the answer itself', async () => {
    const { answer } = exercise.mistakes[0];
    expect((await judge(exercise, await answer(), 1)).text).toContain(exercise.more);
    const right = exercise.form.show(await exercise.answer());
    const said = [exercise.hint, ...exercise.mistakes.map(({ hint }) => hint)];
    if (right.length > 1) for (const hint of said) expect(hint).not.toContain(right);
  });

  it('waits where nothing was filled in, and asks for the form in one sentence where it is wrong', async () => {
    expect(blankOf(exercise)).toContain('= todo');
    expect((await judge(exercise, todo)).outcome).toBe('waiting');
    for (const nonsense of [undefined, null, NaN, {}, () => 1, [], 'certainly', Promise.resolve(1)]) {
      const { outcome, text } = await judge(exercise, nonsense);
      if (exercise.form.read(nonsense) === undefined) expect(outcome).toBe('form');
      expect(text.split('\n')).toHaveLength(1);
    }
  });
});

describe('answers', () => {
  it('of exercises without data are those worked by hand', async () => {
    const right = async (id: string): Promise<unknown> => findExercise(id)!.answer();
    expect(await right('1.2')).toEqual([0, 160 / 400, 260 / 400, 1].map((v) => Math.fround(v)));
    expect(await right('2.9')).toBeCloseTo((1 + 0 + 160 / 180) / 3, 12);
    expect(await right('3.6')).toBeCloseTo(0.991075, 5); // 1 − 0.95^92
    expect(await right('3.8')).toBeCloseTo(10.5 / 12, 12); // of 12 pairs 10 are won and one is equal
    expect(await right('3.11')).toBe(0.004);
  });

  it('of recorded studies are those that the lessons print: 38 of 43 patients on both sides, 0.04 of DSC', async () => {
    expect(await findExercise('2.1')!.answer()).toBe(38);
    expect(await findExercise('2.2')!.answer()).toBeCloseTo(0.04, 2);
  });

  it('about noise: the first twelve seeds give between 1 and 9 findings, as 3.5 says', () => {
    const counts = Array.from({ length: 12 }, (_, k) => pValues(noiseFeatures(k + 1)).filter((p) => p <= 0.05).length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 9]);
  });

  it('about power agree with the noncentral t distribution', async () => {
    // SciPy 1.17.1, power by the non-central t (nct, 22 degrees of freedom, √6): 0.6486 (2000 studies: SE 0.011)
    expect(Math.abs(((await findExercise('3.10')!.answer()) as number) - 0.6486)).toBeLessThan(0.03);
  });

  it('are those in the notes for teachers (npm run course -- --numbers works them out)', async () => {
    const [recorded, computed] = [await readExpected(), await computeExpected(courseExercises)];
    expect(Object.keys(recorded)).toEqual(Object.keys(computed));
    for (const { id, form, mistakes } of courseExercises) {
      const same = (a: unknown, b: unknown): boolean =>
        form.read(b) === undefined || form.same(form.read(a), form.read(b));
      expect(same(recorded[id].right, computed[id].right), id).toBe(true);
      mistakes.forEach((_, i) => expect(same(recorded[id].mistakes[i], computed[id].mistakes[i]), id).toBe(true));
    }
  });
});

describe('check', () => {
  const said = async (id: string, answer: unknown): Promise<string> => {
    const spy = vi.spyOn(console, 'log').mockImplementation(() => {});
    await check(id, answer);
    const text = spy.mock.calls.flat().join('\n');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90);
    spy.mockRestore();
    return text.replaceAll('\n', ' ');
  };

  it('tells the way from the second wrong answer on; an answer of another form does not count', async () => {
    const { hint, more } = findExercise('3.6')!;
    expect(await said('3.6', 0.5)).toBe(`3.6 Not yet. ${hint}`);
    expect(await said('3.6', 'a half')).toBe('3.6: expected a number, found the text "a half".');
    expect(await said('3.6', 0.6)).toBe(`3.6 Not yet. ${hint} ${more}`);
  });

  it('throws nothing, and names an exercise that is not there', async () => {
    expect(await said('9.9', 1)).toBe('There is no exercise "9.9" in this course.');
    const { answer } = findExercise('3.6')!;
    const gone = (): never => {
      throw new Error('the disk is gone');
    };
    Object.assign(findExercise('3.6')!, { answer: gone });
    expect(await said('3.6', 1)).toBe('3.6 could not be checked: the disk is gone');
    Object.assign(findExercise('3.6')!, { answer });
  });
});

describe('the notebooks of the course', () => {
  it('are what npm run course writes', async () => {
    const files = await courseFiles();
    for (const [file, text] of files)
      expect(readFileSync(projectPath('notebooks/course', file), 'utf8') === text, file).toBe(true);
    const there = [...kinds, 'instructor'].flatMap((folder) =>
      readdirSync(projectPath('notebooks/course', folder)).map((name) => `${folder}/${name}`),
    );
    expect(there.sort()).toEqual([...files.keys()].filter((file) => file.includes('/')).sort());
  });

  it('have cells of at most 15 lines, none wider than 120 columns, and ids of their own', () => {
    for (const session of courseSessions)
      for (const kind of kinds) {
        const { cells } = courseNotebook(session, kind, parts);
        expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
        const code = cells
          .filter((cell) => cell.cell_type === 'code')
          .map((cell) => joinLines(cell.source).split('\n'));
        expect(code.filter((lines) => lines.length > 15)).toEqual([]);
        expect(code.flat().filter((line) => [...line].length > 120)).toEqual([]);
      }
  });

  it('give no solution to students', () => {
    for (const exercise of courseExercises)
      for (const kind of ['student', 'plain'] as const)
        expect(exerciseCode(exercise, kind)).not.toContain(exercise.solution);
  });
});

describe('all sessions, solved', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-course-'));
  const joined = projectPath('data/course', `solved-${process.pid}.ipynb`);
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(joined, { force: true });
  });

  /** Figures are made and not drawn, which takes longer than all the rest; test/figures draws. */
  const undrawn = (code: string): string => code.replaceAll('await ax.showFigure(', 'void (');

  /**
   * The code of a session in two cells, because the compiler takes longer than most exercises: the first cell, and all
   * others as blocks. What the session takes from the lesson notebooks becomes a function that nobody calls: checked by
   * the compiler among the names of the session, and run where it comes from, by test/notebooks.test.ts.
   */
  function fewCells(all: readonly Cell[]): [setup: string, rest: string] {
    const isTaken = ({ id }: Cell): boolean => /^(preprocessing|pipeline|boundary-aware-loss|radiomics)-/.test(id!);
    const sourceOf = ({ source }: Cell): string => joinLines(source);
    const [setup, ...cells] = all.filter((cell) => cell.cell_type === 'code');
    const own = cells.filter((cell) => !isTaken(cell)).map((cell) => `{\n${undrawn(sourceOf(cell))}\n}`);
    const taken = ['async function takenCells() {', ...cells.filter(isTaken).map(sourceOf), '}'];
    return [sourceOf(setup!), [...taken, ...own].join('\n')];
  }

  /** All solutions as one notebook, so that the kernel starts once. */
  function writeJoined(): void {
    const notebooks = courseSessions.map((session) => courseNotebook(session, 'solutions', parts));
    const cells = notebooks
      .flatMap(({ cells: own }) => fewCells(own))
      .map((source, i): Cell => ({ cell_type: 'code', id: `cell-${i}`, metadata: {}, outputs: [], source }));
    mkdirSync(path.dirname(joined), { recursive: true });
    writeNotebook(joined, { ...notebooks[0], cells });
  }

  it('run from top to bottom, and every solution is right', async () => {
    writeJoined();
    const out = path.join(scratch, 'solved.ipynb');
    const child = spawn(process.execPath, [...flags, projectPath('scripts/nbrun.ts'), joined, out], {
      env: { ...process.env, AXUNET_FIGURES: scratch, TF_CPP_MIN_LOG_LEVEL: '2' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, stderr).toBe(0);
    const printed = readNotebook(out).cells.flatMap(({ outputs = [] }) =>
      outputs.map(({ text = '' }) => joinLines(text)),
    );
    const judged = printed.flatMap((text) => [...text.matchAll(/^(\d\.\d+) (Right|Not yet|waits|could)/gm)]);
    const wanted = courseSessions.flatMap(exercisesOf).map(({ id }) => `${id} Right`);
    expect(judged.map(([, id, verdict]) => `${id} ${verdict}`)).toEqual(wanted);
    expect(existsSync(projectPath('data/course/phantom/dataset.json'))).toBe(true);
  }, 300_000);
});
