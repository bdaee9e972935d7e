/**
 * Where the layers of an encoder-decoder lie in its diagram: resolution runs downwards,
 * the order of computation to the right.
 */
import type { LayerKind, LayerNode } from './modelLayers.ts';

export interface PlacedLayer extends LayerNode {
  /** Centre in columns from the left. */
  readonly x: number;
  /** Centre in pixels below the row of its resolution. */
  readonly drop: number;
  /** Row: 0 is full resolution, each next one half of it. */
  readonly level: number;
  /** Drawn as a box with text; the others as small marks. */
  readonly main: boolean;
}

/** Pixels between boxes that share a row and a column, and between the main path and the residual path. */
export const stackPitch = 64;
const residualDrop = 34;

const smallKinds = new Set<LayerKind>(['shortcut', 'pool', 'up', 'add', 'resize', 'grouped', 'join']);

interface Context {
  readonly byName: ReadonlyMap<string, LayerNode>;
  readonly consumers: ReadonlyMap<string, LayerNode[]>;
  readonly columns: Map<string, number>;
  readonly levelOf: (node: LayerNode) => number;
}

/** Small marks share the column of their inputs; a join of many branches has a column of its own. */
const isMain = (node: LayerNode): boolean => !smallKinds.has(node.kind);
const opensColumn = (node: LayerNode): boolean => isMain(node) || (node.kind === 'join' && node.inputs.length > 2);

/** The layer before it, when both are plain convolutions in a row: such a chain is stacked in one column. */
function chainedTo(node: LayerNode, { byName, consumers, levelOf }: Context): LayerNode | undefined {
  const before = node.inputs.length === 1 ? byName.get(node.inputs[0]!) : undefined;
  const chained =
    before &&
    node.kind === 'convolution' &&
    before.kind === 'convolution' &&
    consumers.get(before.name)!.length === 1 &&
    levelOf(before) === levelOf(node);
  return chained ? before : undefined;
}

function contextOf(layers: readonly LayerNode[]): Context {
  const byName = new Map(layers.map((l) => [l.name, l]));
  const consumers = new Map(layers.map((l) => [l.name, layers.filter((other) => other.inputs.includes(l.name))]));
  const full = Math.max(...layers.map((l) => l.outputShape[0]));
  const plainLevel = (l: LayerNode): number => Math.round(Math.log2(full / l.outputShape[0]));
  // Pooled maps of a few pixels inside the ASPP block stay in the row of the bottleneck.
  const deepest = Math.max(...layers.filter((l) => l.kind === 'block' || l.kind === 'separable').map(plainLevel), 0);
  return { byName, consumers, columns: new Map(), levelOf: (l) => Math.min(plainLevel(l), deepest) };
}

/**
 * Columns from the inputs to a layer that opens one: more where many branches start or end, so that their lines spread,
 * fewer where it lies in another row than the boxes before it, which leaves room.
 */
function step(node: LayerNode, before: number, { byName, consumers, columns, levelOf }: Context): number {
  const sources = node.inputs.flatMap((name) =>
    smallKinds.has(byName.get(name)!.kind) ? [name, ...byName.get(name)!.inputs] : [name],
  );
  if (node.inputs.length > 2 || sources.some((name) => consumers.get(name)!.length > 3)) return 1.3;
  const isBeside = (one: LayerNode): boolean =>
    one.kind === 'grouped' ||
    (!smallKinds.has(one.kind) && levelOf(one) === levelOf(node) && columns.get(one.name)! > before - 0.5);
  return sources.some((name) => isBeside(byName.get(name)!)) ? 1 : 0.8;
}

/** Column of each layer: right of its inputs for boxes, that of its inputs for small marks and chains. */
function fillColumns(layers: readonly LayerNode[], context: Context): void {
  for (const node of layers) {
    const before = Math.max(-1, ...node.inputs.map((name) => context.columns.get(name)!));
    const own = opensColumn(node) && !chainedTo(node, context);
    context.columns.set(node.name, own ? Math.max(0, before + step(node, before, context)) : Math.max(before, 0));
  }
}

/** Chains run upwards, so that the last one is beside the decoder; other boxes of a cell downwards. */
function stackDrops(layers: readonly LayerNode[], context: Context): Map<string, number> {
  const cells = new Map<string, LayerNode[]>();
  for (const node of layers.filter(isMain)) {
    const key = `${context.columns.get(node.name)}/${context.levelOf(node)}`;
    cells.set(key, [...(cells.get(key) ?? []), node]);
  }
  const drops = new Map<string, number>();
  for (const cell of cells.values()) {
    const chain = cell.some((node) => chainedTo(node, context));
    const order = chain ? cell : [...cell].sort((a, b) => a.name.localeCompare(b.name, 'en'));
    order.forEach((node, i) => drops.set(node.name, (chain ? cell.length - 1 - i : i) * stackPitch));
  }
  return drops;
}

/** Place of a small mark inside its cell: columns to the right, pixels down. */
function smallOffset(
  node: LayerNode,
  context: Context,
  drops: ReadonlyMap<string, number>,
  shared: boolean,
): [number, number] {
  if (node.kind === 'add' || node.kind === 'shortcut') return [0.1, residualDrop];
  if (node.kind === 'join') return node.inputs.length > 2 ? [0, 2 * stackPitch] : [0, 0];
  if (node.kind === 'grouped') return [0.36, 0];
  if (node.kind === 'up') return [0, residualDrop + 4];
  if (!shared) return [0, 0];
  // beside the branch that it feeds
  const next = context.consumers.get(node.name)!.find((c) => isMain(c) && c.inputs.length === 1);
  return [0.64, drops.get(next?.name ?? node.inputs[0]!) ?? 0];
}

/** Places every layer. Layers must come in an order in which each follows its inputs. */
export function placeLayers(layers: readonly LayerNode[]): PlacedLayer[] {
  const context = contextOf(layers);
  fillColumns(layers, context);
  const drops = stackDrops(layers, context);
  const cell = (l: LayerNode): string => `${context.columns.get(l.name)}/${context.levelOf(l)}`;
  const mainCells = new Set(layers.filter(isMain).map(cell));
  return layers.map((node) => {
    const [dx, drop] = isMain(node)
      ? [0, drops.get(node.name)!]
      : smallOffset(node, context, drops, mainCells.has(cell(node)));
    return { ...node, x: context.columns.get(node.name)! + dx, drop, level: context.levelOf(node), main: isMain(node) };
  });
}
