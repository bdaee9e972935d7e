/** What a session of the course is made of: parts of the lesson notebooks, exercises, and cells of its own. */
import type { Exercise } from './exercise.ts';

/** One step of a session, in the order in which it is taught. */
export type CourseStep =
  | {
      /** Cells of the lesson notebooks that carry the tag `course:PART`, as they are there. */
      readonly part: string;
      readonly minutes: number;
    }
  | { readonly exercise: Exercise }
  | {
      /** Cells of the course alone: a heading and a text, and code where there is some. */
      readonly title: string;
      readonly text: string;
      readonly code?: string;
      readonly minutes: number;
    };

export interface CourseSession {
  /** Name of its notebooks, without suffix. */
  readonly name: string;
  readonly title: string;
  /** How long it takes in class. */
  readonly minutes: number;
  /** First words of the notebook. */
  readonly about: string;
  /** Lines of the first cell behind those that all sessions share. */
  readonly setup: readonly string[];
  readonly steps: readonly CourseStep[];
  /** For the teacher: what to say at the start, and what must have been said at the end. */
  readonly opening: string;
  readonly closing: readonly string[];
}

/** Minutes of a step. */
export const minutesOf = (step: CourseStep): number => ('exercise' in step ? step.exercise.minutes : step.minutes);

/** The exercises of a session, in their order. */
export const exercisesOf = ({ steps }: CourseSession): Exercise[] =>
  steps.flatMap((step) => ('exercise' in step ? [step.exercise] : []));
