/** The report on masks that several tasks scored. */
import path from 'node:path';
import { expected } from '../errors.ts';
import type { ClassCases, EvaluatedModel, LabelOptions } from '../evaluate/files.ts';
import { makeReport } from '../evaluate/report.ts';
import { revivedScores, scoredEntries } from '../evaluate/savedScores.ts';
import { writeReport } from '../evaluate/writeReport.ts';
import {
  anything,
  checkShape,
  exactly,
  list,
  natural,
  object,
  oneLine,
  optional,
  realNumber,
  text,
} from '../io/schema.ts';
import { inListOrder, type ShardRecord, shardsFolder } from './shardRecord.ts';

/** What all shards of an evaluation have alike. */
const sharedSchema = object({ seed: realNumber, labels: anything });

const caseSchema = object(scoredEntries);
const classCaseSchema = object({
  ...scoredEntries,
  detection: object({ lesions: natural, found: natural, touched: natural, falsePositives: natural }),
});
const modelsSchema = list(
  object({
    name: oneLine,
    cases: list(caseSchema),
    failed: list(object({ id: oneLine, reason: text })),
    warnings: optional(list(object({ id: oneLine, message: text }))),
    classes: optional(list(object({ name: oneLine, cases: list(classCaseSchema) }))),
    unit: optional(exactly('px')),
  }),
);

/** Items of cases in the order of the cases; those of one case stay as they are. */
function byCase<T extends { readonly id: string }>(items: readonly T[], order: ReadonlyMap<string, number>): T[] {
  return items.toSorted((a, b) => order.get(a.id)! - order.get(b.id)!);
}

/** One model from its parts in the shards; the classes of a model stand in the same order in all of them. */
function joined(parts: readonly EvaluatedModel[], order: ReadonlyMap<string, number>): EvaluatedModel {
  const warnings = parts.flatMap((part) => part.warnings ?? []);
  const unit = parts.find((part) => part.unit)?.unit;
  const revived = <T extends EvaluatedModel['cases'][number]>(cases: readonly T[]): T[] =>
    byCase(cases, order).map((one) => revivedScores(one, unit));
  const classes = parts[0]!.classes?.map(({ name }, i): ClassCases => {
    return { name, cases: revived(parts.flatMap((part) => part.classes?.[i]?.cases ?? [])) };
  });
  return {
    name: parts[0]!.name,
    cases: revived(parts.flatMap(({ cases }) => cases)),
    failed: byCase(
      parts.flatMap(({ failed }) => failed),
      order,
    ),
    ...(warnings.length > 0 && { warnings: byCase(warnings, order) }),
    ...(classes && { classes }),
    ...(unit && { unit }),
  };
}

/** Writes the files of `writeReport`, as one task on all cases writes them. */
export async function mergeScores(folder: string, shards: readonly ShardRecord[]): Promise<string[]> {
  const place = shardsFolder(folder);
  const { seed, labels } = checkShape(shards[0]!.shared, sharedSchema, place, 'the options of an evaluation');
  const parts = shards.map(
    ({ result }) => checkShape(result, modelsSchema, place, 'the scores of a shard') as readonly EvaluatedModel[],
  );
  const names = parts[0]!.map(({ name }) => name);
  const order = new Map(inListOrder(shards.map(({ cases }) => cases)).map((id, at) => [id, at]));
  const models = names.map((name, i) => {
    const own = parts.map((models) => models[i]);
    if (own.some((model) => model?.name !== name)) throw expected(`scores of ${name} in every shard`, 'others', place);
    return joined(own as EvaluatedModel[], order);
  });
  await writeReport(folder, makeReport(models, seed, labels as LabelOptions));
  return [path.join(folder, 'report.json')];
}
