import { describe, expect, it } from 'vitest';
import { attemptsIn } from '../../../notebooks/lessons/cluster/taskLog.ts';
import { taskTimeline } from '../../../notebooks/lessons/figures/taskTimeline.ts';

describe('the log of a task', () => {
  it('has an attempt for each begin, without an end where the task was lost', () => {
    const text = '10 begin n1 5\n12.5 begin n2 6\n14 end 75 n2 6\n15 begin n1 7\n16 end 0 n1 7\n';
    expect(attemptsIn(text, 'train', 3)).toEqual([
      { stage: 'train', number: 3, node: 'n1', begin: 10 },
      { stage: 'train', number: 3, node: 'n2', begin: 12.5, end: 14, code: 75 },
      { stage: 'train', number: 3, node: 'n1', begin: 15, end: 16, code: 0 },
    ]);
  });
});

describe('the timeline of tasks', () => {
  it('has a row for each node, a bar as long as its task, and a cross where one ended badly', () => {
    const task = { stage: 'train', node: 'n2', begin: 1, end: 3 };
    const { data } = taskTimeline([
      { ...task, name: 'train 1' },
      { ...task, name: 'train 2', node: 'n1', begin: 4, end: 4.5, outcome: 'killed' },
    ]);
    const [bars, ends] = data as unknown as Record<string, unknown>[];
    expect(bars).toMatchObject({ name: 'train', base: [1, 4], x: [2, 0.5], y: [0, 1] });
    expect(ends).toMatchObject({ x: [4.5], y: [1], hovertext: ['train 2: killed'] });
  });
});
