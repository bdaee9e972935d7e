/** The three sessions of 90 minutes and the one of an hour, and every exercise by its id. */
import type { Exercise } from './exercise.ts';
import { oneHour } from './oneHour.ts';
import { type CourseSession, exercisesOf } from './session.ts';
import { session1 } from './session1.ts';
import { session2 } from './session2.ts';
import { session3 } from './session3.ts';

export const courseSessions: readonly CourseSession[] = [session1, session2, session3, oneHour];

/** Each exercise once, in the order of the long sessions. */
export const courseExercises: readonly Exercise[] = [session1, session2, session3].flatMap(exercisesOf);

export const findExercise = (id: string): Exercise | undefined => courseExercises.find((one) => one.id === id);
