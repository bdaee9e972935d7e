/** `check('1.3', answer)`: says whether an answer is right and why that matters, or what to look at. */
import { messageOf, shownText } from 'axunet/errors';
import type { Exercise } from './exercise.ts';
import { findExercise } from './sessions.ts';

/** Stands where an answer is missing. Any type, so that a cell that waits for its answer runs. */
export const todo: any = Symbol('todo');

/** What became of an answer: `waiting` for one, not in the `form` that was asked for, `wrong`, or `right`. */
export type Outcome = 'waiting' | 'form' | 'wrong' | 'right' | 'failed';

export interface Verdict {
  readonly outcome: Outcome;
  /** What the student reads. */
  readonly text: string;
  /** Which of the usual mistakes it is, by its place in the exercise; absent for a new one. */
  readonly mistake?: number;
}

/** What was found instead of an answer of the right form, in words. */
function foundInstead(answer: unknown): string {
  if (answer === undefined || answer === null) return 'nothing';
  if (typeof answer === 'number') return String(answer);
  if (typeof answer === 'string') return `the text ${shownText(answer)}`;
  if (typeof answer === 'function') return 'a function (call it)';
  if (answer instanceof Promise) return 'a promise (write await before it)';
  const isList = Array.isArray(answer) || ArrayBuffer.isView(answer);
  return isList ? `a list of ${(answer as ArrayLike<unknown>).length}` : `a value of type ${typeof answer}`;
}

const isWaiting = (answer: unknown): boolean =>
  answer === todo || (Array.isArray(answer) && answer.some((part) => part === todo));

/** The usual mistake that leads to this answer; undefined where none does. */
async function mistakeOf({ form, mistakes }: Exercise, given: unknown): Promise<number | undefined> {
  for (const [i, { answer }] of mistakes.entries()) {
    const wrong = form.read(await answer());
    if (wrong !== undefined && form.same(given, wrong)) return i;
  }
  return undefined;
}

/**
 * Judges one answer. `earlier` is how many wrong ones came before: the first wrong answer gets a hint that fits it, a
 * later one the way as well.
 */
export async function judge(exercise: Exercise, answer: unknown, earlier = 0): Promise<Verdict> {
  const { id, form, hint, more, why, mistakes } = exercise;
  if (isWaiting(answer)) return { outcome: 'waiting', text: `${id} waits for your answer: put it in place of todo.` };
  const given = form.read(answer);
  if (given === undefined)
    return { outcome: 'form', text: `${id}: expected ${form.expects}, found ${foundInstead(answer)}.` };
  if (form.same(given, await exercise.answer()))
    return { outcome: 'right', text: `${id} Right: ${form.show(given)}. ${why}` };
  const mistake = await mistakeOf(exercise, given);
  const said = mistake === undefined ? hint : mistakes[mistake].hint;
  return { outcome: 'wrong', mistake, text: `${id} Not yet. ${said}${earlier > 0 ? ` ${more}` : ''}` };
}

/** Front ends break the lines of a cell's output anywhere, also within a word. */
const mostColumns = 90;

const wrapped = (text: string): string =>
  text.split(' ').reduce((all, word) => {
    const column = all.length - all.lastIndexOf('\n') - 1;
    return `${all}${column + word.length >= mostColumns ? '\n' : ' '}${word}`;
  });

/** Wrong answers since the kernel started, by exercise. */
const wrongAnswers = new Map<string, number>();

/** Judges an answer and tells the student. Never throws: what goes wrong is told in a sentence. */
export async function check(id: string, answer: unknown): Promise<void> {
  console.log(wrapped(await textFor(id, answer)));
}

async function textFor(id: string, answer: unknown): Promise<string> {
  const exercise = findExercise(id);
  if (!exercise) return `There is no exercise ${shownText(String(id))} in this course.`;
  const earlier = wrongAnswers.get(id) ?? 0;
  try {
    const { outcome, text } = await judge(exercise, answer, earlier);
    if (outcome === 'wrong') wrongAnswers.set(id, earlier + 1);
    return text;
  } catch (error) {
    return `${id} could not be checked: ${messageOf(error)}`;
  }
}
