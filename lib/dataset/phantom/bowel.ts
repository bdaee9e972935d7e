/** Stomach, duodenum, small bowel and colon: the organs that look like a pancreas in one slice. */
import type { Random } from '../../random.ts';
import type { Vec3 } from '../../volume/volume.ts';
import { type Canvas, coverage, type Material } from './canvas.ts';
import type { PancreasShape } from './pancreas.ts';
import { type Patient, patientStream } from './patient.ts';
import { smoothPath, type TubePoint, tube, within, without } from './solids.ts';
import type { Wall } from './wall.ts';

type Filling = 'collapsed' | 'water' | 'chyme' | 'contrast' | 'gas' | 'stool';

interface Gut {
  readonly path: readonly TubePoint[];
  readonly content: Filling;
  readonly wallMm: number;
  readonly wallHu: number;
  /** HU of what fills it. */
  readonly fillHu: number;
  /** Anterior of this y there is gas (the patient lies on the back). */
  readonly gasAboveY?: number;
}

function materialOf(canvas: Canvas, gut: Gut): Material {
  const { fine, coarse, edgeMm } = canvas;
  const belowGas = (v: number): number => {
    if (gut.content === 'chyme') return gut.fillHu + 14 * coarse[v]!;
    if (gut.content === 'stool') return 30 + 30 * coarse[v]! - 640 * coverage(4 * (fine[v]! - 0.9), edgeMm);
    return gut.fillHu;
  };
  const filling = (v: number, y: number): number => {
    const hu = belowGas(v);
    if (gut.gasAboveY === undefined || gut.content === 'gas') return hu;
    return hu + (-950 - hu) * coverage(gut.gasAboveY - y, edgeMm);
  };
  return (v, depth, _x, y) => {
    if (gut.content === 'collapsed') return gut.wallHu + 4 * fine[v]! - 22 * coverage(depth - 4, edgeMm);
    const inside = coverage(depth - gut.wallMm, edgeMm);
    return inside === 0 ? gut.wallHu : gut.wallHu + inside * (filling(v, y) - gut.wallHu);
  };
}

/** What all guts share: the canvas, whose they are, where they may be and the gland that they give way to. */
interface Abdomen {
  readonly canvas: Canvas;
  readonly patient: Patient;
  readonly wall: Wall;
  readonly pancreas: PancreasShape;
}

function paintGut({ canvas, patient, wall, pancreas }: Abdomen, gut: Gut, rough: number): void {
  const solid = without(within(tube(smoothPath(gut.path, 4)), wall.cavity, 1.5), pancreas.solid, 2.5);
  canvas.paint(solid, materialOf(canvas, gut), { rough, rim: { mm: 2.4, hu: patient.hu.fat, opacity: 0.75 } });
}

function drawFilling(
  random: Random,
  weights: Readonly<Partial<Record<Filling, number>>>,
): Pick<Gut, 'content' | 'fillHu'> {
  let left = random.uniform() * Object.values(weights).reduce((a, b) => a + b, 0);
  const content = (Object.keys(weights) as Filling[]).find((key) => (left -= weights[key]!) < 0) ?? 'collapsed';
  const fills: Record<Filling, [number, number]> = {
    collapsed: [60, 90],
    water: [4, 26],
    chyme: [28, 90],
    contrast: [190, 420],
    gas: [-950, -850],
    stool: [0, 60],
  };
  return { content, fillHu: random.uniform(...fills[content]) };
}

function paintStomach(abdomen: Abdomen): void {
  const { patient } = abdomen;
  const random = patientStream(patient, 'stomach');
  const full = random.uniform(0.62, 1.1);
  const x = random.normal(0, 5);
  const path: TubePoint[] = [
    [60 + x, 14, 86, 30 * full],
    [64 + x, -14, 66, 36 * full],
    [56 + x, -42, 40, 31 * full],
    [34 + x, -58, 14, 24 * full],
    [4 + x, -60, -2, 19 * full],
    [-26, -50, 4, 12],
  ];
  const filled = drawFilling(random, { water: 3, chyme: 3, contrast: 2, gas: 1 });
  const wallMm = random.uniform(3, 5);
  const gasAboveY = random.uniform(-72, -44);
  paintGut(abdomen, { path, ...filled, wallMm, wallHu: patient.hu.bowelWall, gasAboveY }, 1.2);
}

/** The C of the duodenum round the head of the pancreas. */
function paintDuodenum(abdomen: Abdomen): void {
  const { patient } = abdomen;
  const random = patientStream(patient, 'duodenum');
  const [x, y, z] = abdomen.pancreas.headMm;
  const path: TubePoint[] = [
    [-26, -50, 4, 10],
    [x - 14, y - 22, z + 22, 12],
    [x - 29, y - 5, z + 8, 12.5],
    [x - 30, y + 4, z - 20, 12.5],
    [x - 20, y + 9, z - 42, 12],
    [x + 14, y + 10, z - 48, 11],
    [x + 46, y + 2, z - 44, 10],
    [x + 66, y - 8, z - 30, 10],
  ];
  const filled = drawFilling(random, { water: 3, chyme: 3, collapsed: 1, contrast: 1.5, gas: 0.5 });
  paintGut(abdomen, { path, ...filled, wallMm: 3, wallHu: patient.hu.bowelWall }, 1.1);
}

function paintColon(abdomen: Abdomen): void {
  const { patient } = abdomen;
  const random = patientStream(patient, 'colon');
  const sag = random.uniform(-28, 12);
  const wide = (): number => random.uniform(14, 21);
  const paths: TubePoint[][] = [
    [
      [-98, 18, -200, 22],
      [-100, 10, -110, 21],
      [-96, 0, -60, 19],
      [-86, -22, -38, 17],
    ],
    [
      [-86, -22, -38, 17],
      [-58, -62, -34 + sag, wide()],
      [-8, -68, -44 + sag, wide()],
      [44, -64, -30 + sag, wide()],
      [82, -44, -8, wide()],
      [97, -20, 2, 15],
    ],
    [
      [97, -20, 2, 15],
      [105, 6, -28, 14],
      [103, 16, -80, 13],
      [98, 20, -200, 13],
    ],
  ];
  for (const path of paths) {
    const filled = drawFilling(random, { stool: 3, gas: 1.5, chyme: 0.7 });
    const gasAboveY = random.uniform(-80, -52);
    paintGut(abdomen, { path, ...filled, wallMm: 2.5, wallHu: patient.hu.bowelWall - 20, gasAboveY }, 2);
  }
}

/** A small-bowel loop: a random walk from a starting point that stays near its height. */
function loopPath(random: Random, start: Vec3, radius: number, steps: number): TubePoint[] {
  let [x, y, z] = start;
  let heading = random.uniform(0, 2 * Math.PI);
  const path: TubePoint[] = [];
  for (let i = 0; i < steps; i++) {
    path.push([x, y, z, radius * random.uniform(0.85, 1.15)]);
    heading += random.normal(0, 0.8);
    x += 19 * Math.cos(heading);
    y += 13 * Math.sin(heading);
    z += random.normal(0, 9);
  }
  return path;
}

function paintSmallBowel(abdomen: Abdomen): void {
  const { patient } = abdomen;
  const random = patientStream(patient, 'small bowel');
  const weights = { collapsed: 4, chyme: 4, water: 1.5, contrast: 1.3, gas: 0.5 } as const;
  const loops = 20 + random.integer(6);
  for (let i = 0; i < loops; i++) {
    // Jejunum on the left up to the pancreas, ileum below.
    const jejunum = i < 11;
    const start: Vec3 = jejunum
      ? [random.uniform(22, 88), random.uniform(-60, 6), random.uniform(-64, 14)]
      : [random.uniform(-76, 84), random.uniform(-60, 2), random.uniform(-150, -52)];
    const path = loopPath(random, start, random.uniform(8.5, 13), jejunum ? 4 : 6);
    const filled = drawFilling(random, weights);
    const wallMm = random.uniform(2, 3.4);
    const wallHu = patient.hu.pancreas + random.normal(14, 8);
    paintGut(abdomen, { path, ...filled, wallMm, wallHu }, jejunum ? 1.5 : 1);
  }
}

function paintMesentery(canvas: Canvas, patient: Patient): void {
  const random = patientStream(patient, 'mesentery');
  for (let i = 0; i < 26; i++) {
    const x = random.normal(10, 30);
    const y = random.normal(-22, 18);
    const z = random.uniform(-120, -8);
    const path: TubePoint[] = [
      [x, y, z, random.uniform(1, 2.2)],
      [x + random.normal(0, 18), y + random.normal(-8, 10), z + random.normal(-10, 10), 1.2],
    ];
    canvas.paint(tube(path), random.uniform(70, patient.hu.vein));
  }
}

/** Paints the digestive tract round the pancreas of the patient. */
export function paintBowel(canvas: Canvas, patient: Patient, wall: Wall, pancreas: PancreasShape): void {
  const abdomen = { canvas, patient, wall, pancreas };
  paintMesentery(canvas, patient);
  paintSmallBowel(abdomen);
  paintColon(abdomen);
  paintStomach(abdomen);
  paintDuodenum(abdomen);
}
