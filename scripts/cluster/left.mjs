// Reads what `axunet status WORK --json` says and prints the numbers of the tasks that are not done, a stage a line:
// `train 2,5`. Those of a training are counted as task.sh does, all folds of the first seed, then of the second.
import { readFileSync } from 'node:fs';

const tasks = JSON.parse(readFileSync(0, 'utf8'));
const stages = { preprocess: 'slices', predict: 'masks', evaluate: 'scores', radiomics: 'features' };
const print = (stage, numbers) => numbers.length > 0 && console.log(`${stage} ${numbers.join(',')}`);

/** Numbers, from 1, of the tasks in a list that are not done. */
const undone = (list) => list.flatMap(({ state }, i) => (state === 'done' ? [] : [i + 1]));

for (const [stage, place] of Object.entries(stages)) {
  const own = tasks.filter((task) => task.place === place);
  print(stage, undone(own.filter(({ task }) => task !== 'merge')));
  print(`merge-${place}`, undone(own.filter(({ task }) => task === 'merge')));
}
print('train', undone(tasks.filter(({ task }) => task === 'training')));
