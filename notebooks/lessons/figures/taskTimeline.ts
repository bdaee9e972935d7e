import type { Data, Figure } from 'axunet/figures/figure';
import {
  axis,
  colours,
  emptyFigure,
  legendBelow,
  makeFigure,
  palette,
  seriesColours,
  sizes,
} from 'axunet/figures/theme';

/** One start of a task on a node, in minutes from the first. */
export interface TimelineTask {
  readonly name: string;
  readonly stage: string;
  readonly node: string;
  readonly begin: number;
  readonly end: number;
  /** How it ended, where not well: such as "killed". */
  readonly outcome?: string;
}

/** A moment at which something happened to all. */
export interface TimelineMark {
  readonly at: number;
  readonly text: string;
}

const title = 'Tasks over the nodes of a cluster, with what went wrong on the way';

/** How high the bar of a task is, in shares of its row. */
const thickness = 0.6;

/** The tasks of one stage as bars, from begin to end; those that ended badly lie lighter. */
function stageTrace(stage: string, tasks: readonly TimelineTask[], nodes: readonly string[], colour: string): Data {
  return {
    type: 'bar',
    orientation: 'h',
    name: stage,
    base: tasks.map(({ begin }) => begin),
    x: tasks.map(({ begin, end }) => end - begin),
    y: tasks.map(({ node }) => nodes.length - 1 - nodes.indexOf(node)),
    width: tasks.map(() => thickness),
    marker: {
      color: colour,
      opacity: tasks.map(({ outcome }) => (outcome ? 0.45 : 1)),
      line: { color: 'white', width: 1 },
    },
    hovertext: tasks.map(({ name, outcome }) => (outcome ? `${name}: ${outcome}` : name)),
    hoverinfo: 'text',
  } as unknown as Data;
}

/** Crosses at the ends of tasks that ended badly. */
function endTrace(tasks: readonly TimelineTask[], nodes: readonly string[]): Data {
  const bad = tasks.filter(({ outcome }) => outcome);
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'ended early',
    x: bad.map(({ end }) => end),
    y: bad.map(({ node }) => nodes.length - 1 - nodes.indexOf(node)),
    marker: { symbol: 'x', size: 9, color: palette.black },
    hovertext: bad.map(({ name, outcome }) => `${name}: ${outcome}`),
    hoverinfo: 'text',
  } as unknown as Data;
}

/** Numbers above the plot and dotted lines down through it; what they mean is written below by the caller. */
function marksOf(marks: readonly TimelineMark[], rows: number) {
  return {
    shapes: marks.map(({ at }) => ({
      ...{ type: 'line', x0: at, x1: at, y0: -0.5, y1: rows - 0.5 },
      line: { color: colours.text, width: 1, dash: 'dot' },
    })),
    annotations: marks.map(({ at, text }) => ({
      ...{ x: at, y: rows - 0.5, yanchor: 'bottom', showarrow: false, text, font: { size: sizes.small } },
    })),
  };
}

/** Which node did which task when: a row a node, a bar a task, a colour a stage. */
export function taskTimeline(
  tasks: readonly TimelineTask[],
  marks: readonly TimelineMark[] = [],
  subtitle = '',
): Figure {
  if (tasks.length === 0) return emptyFigure(title, 'There are no tasks to draw.');
  const nodes = [...new Set(tasks.map(({ node }) => node))].sort();
  const stages = [...new Set(tasks.map(({ stage }) => stage))];
  const looks = [...seriesColours, palette.yellow, colours.quiet];
  const bars = stages.map((stage, s) =>
    stageTrace(
      stage,
      tasks.filter((task) => task.stage === stage),
      nodes,
      looks[s % looks.length]!,
    ),
  );
  return makeFigure([...bars, endTrace(tasks, nodes)], {
    title,
    subtitle,
    width: 900,
    height: 210 + 70 * nodes.length,
    barmode: 'overlay',
    margin: { b: 110, t: 84 },
    legend: legendBelow,
    xaxis: axis({
      title: 'Time since the first task began',
      unit: 'min',
      range: [0, Math.max(...tasks.map((t) => t.end))],
    }),
    yaxis: axis({
      tickmode: 'array',
      tickvals: nodes.map((_, i) => nodes.length - 1 - i),
      ticktext: nodes,
      range: [-0.5, nodes.length - 0.5],
      showgrid: false,
    }),
    ...marksOf(marks, nodes.length),
  });
}
