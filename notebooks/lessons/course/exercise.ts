/** What an exercise of the course is: its texts, the cell to fill in, its solution, and how an answer is judged. */

/** A mistake that people make: what the teacher reads, the answer that it leads to, and what the student is told. */
export interface UsualMistake {
  readonly mistake: string;
  /** The answer of somebody who makes this mistake, from the data that the students have. */
  readonly answer: () => unknown;
  /** What to look at; never the answer. */
  readonly hint: string;
}

/** The form of an answer: how it is read and compared. */
export interface AnswerForm {
  /** What is expected, in words with the unit: `a number of ml`. */
  readonly expects: string;
  /** Its type in TypeScript, for the line that is to be filled in. */
  readonly type: string;
  /** The answer in its own form, or undefined where it is none. */
  read(answer: unknown): unknown;
  /** Whether a given answer is the wanted one, within the tolerance. Both as `read` gives them. */
  same(given: unknown, wanted: unknown): boolean;
  /** As it is written in a sentence. */
  show(answer: unknown): string;
}

export interface Exercise {
  /** Session and place in it, `2.4`. */
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  /** What one must know for the task; left out of the copies without prose. */
  readonly story: string;
  readonly task: string;
  /** Lines above the answer, the same for students and in the solution. */
  readonly given?: string;
  /** The variable that holds the answer. */
  readonly name: string;
  /** Lines that set the variable. */
  readonly solution: string;
  readonly form: AnswerForm;
  /** The right answer, computed from the data that the students have. */
  readonly answer: () => unknown;
  /** Whether the answer hangs on a network, so that another engine gives a slightly different one. */
  readonly varies?: boolean;
  readonly mistakes: readonly UsualMistake[];
  /** Said to a wrong answer that is none of the usual ones. */
  readonly hint: string;
  /** Added from the second wrong answer on: the way, not the number. */
  readonly more: string;
  /** Said to a right answer: why it matters. */
  readonly why: string;
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** How far a number may be from the right one: so much (`within`), or such a share of it. */
type Tolerance = { readonly within: number } | { readonly share: number };

const isNear = (given: number, wanted: number, tolerance: Tolerance): boolean =>
  Math.abs(given - wanted) <= ('within' in tolerance ? tolerance.within : tolerance.share * Math.abs(wanted));

/** One number; `unit` is written behind it (empty for counts and shares). */
export const aNumber = (unit: string, tolerance: Tolerance): AnswerForm => ({
  expects: unit ? `a number in ${unit}` : 'a number',
  type: 'number',
  read: (answer) => (typeof answer === 'number' && Number.isFinite(answer) ? answer : undefined),
  same: (given, wanted) => isNear(given as number, wanted as number, tolerance),
  show: (answer) => `${shown(answer as number)}${unit ? ` ${unit}` : ''}`,
});

/** A list of so many numbers. */
export const numbers = (count: number, tolerance: Tolerance): AnswerForm => ({
  expects: `a list of ${count} numbers`,
  type: 'number[]',
  read: (answer) => {
    const list = answer instanceof Float32Array || answer instanceof Float64Array ? [...answer] : answer;
    return Array.isArray(list) && list.length === count && list.every(Number.isFinite) ? list : undefined;
  },
  same: (given, wanted) => (given as number[]).every((value, i) => isNear(value, (wanted as number[])[i], tolerance)),
  show: (answer) => (answer as number[]).map(shown).join(', '),
});

/** One of some letters, large or small. */
export const aLetter = (letters: string): AnswerForm => ({
  expects: `one of the letters ${[...letters].join(', ')}`,
  type: 'string',
  read: (answer) => {
    const letter = typeof answer === 'string' ? answer.trim().toUpperCase() : '';
    return letter.length === 1 && letters.includes(letter) ? letter : undefined;
  },
  same: (given, wanted) => given === wanted,
  show: String,
});

/** A word of so many letters, large or small. */
export const aWord = (letters: number): AnswerForm => ({
  expects: `a text of ${letters} letters`,
  type: 'string',
  read: (answer) => (typeof answer === 'string' && answer.length === letters ? answer.toUpperCase() : undefined),
  same: (given, wanted) => given === wanted,
  show: String,
});

/** Some of these names, in any order. */
export const someOf = (names: readonly string[]): AnswerForm => ({
  expects: `a list with some of ${names.map((name) => `'${name}'`).join(', ')}`,
  type: 'string[]',
  read: (answer) =>
    Array.isArray(answer) && answer.every((name) => names.includes(name)) ? [...new Set(answer)].sort() : undefined,
  same: (given, wanted) => String(given) === String([...(wanted as string[])].sort()),
  show: (answer) => (answer as string[]).join(', ') || 'none',
});
