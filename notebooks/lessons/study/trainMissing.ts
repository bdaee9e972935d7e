/** The runs of a study that are missing, side by side in processes of their own. */
import { projectPath } from 'axunet/settings';
import { TrainingStopped } from 'axunet/train/trainer';
import type { StudyCohort } from './cohort.ts';
import type { StudyPlan } from './plan.ts';
import { unfinishedRuns } from './runStudy.ts';
import { runSideBySide } from './sideBySide.ts';

/**
 * The first run that begins with a network of phantoms trains that network on its way: it comes first, and the others
 * of its kind last, so that they find it made.
 */
export function withPhantomsApart(names: readonly string[], { arms }: StudyPlan): string[] {
  const phantoms = arms.filter(({ begins }) => begins === 'phantom');
  const needs = (name: string): boolean => phantoms.some((arm) => name.startsWith(`${arm.name}-seed`));
  const [first, ...others] = names.filter(needs);
  return [...(first === undefined ? [] : [first]), ...names.filter((name) => !needs(name)), ...others];
}

/** Trains what is not finished; nothing is recorded. Throws `TrainingStopped` after a signal. */
export async function trainMissing(plan: StudyPlan, cohort: StudyCohort, dataFolder?: string): Promise<void> {
  const { isStopped } = await runSideBySide(withPhantomsApart(await unfinishedRuns(plan, cohort), plan), {
    script: 'scripts/study.mjs',
    argumentsFor: (run) => [plan.name, '--one', run, ...(dataFolder === undefined ? [] : ['--data', dataFolder])],
    logs: projectPath('runs/study', plan.name),
  });
  if (isStopped) throw new TrainingStopped('stopped; the same command goes on from there');
}
