/** Solid organs and vessels: liver, gallbladder, spleen, kidneys, adrenals, aorta, caval and portal veins. */
import type { Vec3 } from '../../volume/volume.ts';
import { type Canvas, coverage } from './canvas.ts';
import { type Patient, patientStream } from './patient.ts';
import { ellipsoid, rod, type Solid, smoothPath, type TubePoint, tube, union, within, without } from './solids.ts';
import type { Wall } from './wall.ts';

/** A random offset around a template point, so that no two patients have an organ at the same place. */
function jitter(random: { normal(mean?: number, sd?: number): number }, point: Vec3, sdMm: number): Vec3 {
  return [point[0] + random.normal(0, sdMm), point[1] + random.normal(0, sdMm), point[2] + random.normal(0, sdMm)];
}

function paintLiver(canvas: Canvas, patient: Patient, wall: Wall): void {
  const random = patientStream(patient, 'liver');
  const { liver, vein, fat } = patient.hu;
  const reach = random.uniform(-12, 22);
  const leftLobe = random.uniform(-10, 22);
  const right = ellipsoid(jitter(random, [-76, -2, 26], 4), [56 + reach / 4, 82, 88 + reach], 0.12);
  const middle = ellipsoid(jitter(random, [-34, -28, 50], 4), [58, 44, 56], 0.3);
  const left = ellipsoid(jitter(random, [22 + leftLobe, -58, 56], 4), [58 + leftLobe / 2, 25, 40], -0.1, -0.15);
  const caudate = ellipsoid(jitter(random, [-22, 8, 52], 2), [20, 16, 30]);
  const whole = within(within(union([right, middle, left, caudate], 14), wall.diaphragm, 1), wall.cavity, 1.5);
  // The hilum and the gallbladder's bed are kept free.
  const hilum = tube(
    smoothPath([
      [-14, -10, 18, 9],
      [-34, -12, 32, 8],
      [-50, -10, 44, 3],
    ]),
  );
  const spine = ellipsoid([0, 42, 40], [34, 38, 400]);
  // The right kidney in its fat lies behind the liver, open to the back.
  const kidneyBed = ellipsoid([-66, 66, -16], [36, 44, 78], 0, 0.12);
  const shape = without(without(without(whole, hilum), spine), kidneyBed);
  canvas.paint(shape, (v) => liver + 4 * canvas.coarse[v]!, { rough: 0.8, rim: { mm: 1.5, hu: fat, opacity: 0.6 } });
  paintLiverVessels(canvas, patient, shape, vein);
  const gall = tube(
    smoothPath([
      [-48, -38, 14, 6],
      [-56, -48, -2, 13],
      [-60, -58, -20, random.uniform(11, 16)],
    ]),
  );
  canvas.paint(gall, random.uniform(4, 18), { rim: { mm: 2.2, hu: 60, opacity: 1 } });
}

function paintLiverVessels(canvas: Canvas, patient: Patient, liver: Solid, veinHu: number): void {
  const random = patientStream(patient, 'liver vessels');
  const contrast = Math.max(veinHu, patient.hu.liver + 28);
  const roots: Vec3[] = [
    [-50, -10, 44],
    [-52, -12, 44],
    [-46, -14, 46],
    [-30, -20, 46],
    [-40, -24, 50],
    [-20, 12, 84],
    [-24, 8, 86],
    [-20, 10, 90],
    [-26, 6, 80],
  ];
  for (const root of roots) {
    const bend = [random.normal(0, 12), random.normal(0, 14), random.normal(0, 12)] as const;
    const far: Vec3 = [
      root[0] - random.uniform(10, 52),
      root[1] + random.normal(-14, 28),
      root[2] + random.normal(-8, 22),
    ];
    const path: TubePoint[] = [
      [...root, 4.8],
      [(root[0] + far[0]) / 2 + bend[0], (root[1] + far[1]) / 2 + bend[1], (root[2] + far[2]) / 2 + bend[2], 3.4],
      [...far, 1.4],
    ];
    canvas.paint(within(tube(smoothPath(path)), liver, 3), contrast);
  }
}

function paintSpleen(canvas: Canvas, patient: Patient, wall: Wall): void {
  const random = patientStream(patient, 'spleen');
  const size = random.uniform(0.8, 1.2);
  const whole = ellipsoid(jitter(random, [99, 28, 36], 4), [32 * size, 52 * size, 54 * size], 0.35);
  const hollow = ellipsoid([62, 6, 34], [25, 40, 70], 0.4);
  const shape = without(within(within(whole, wall.diaphragm, 1), wall.cavity, 1.5), hollow);
  canvas.paint(shape, (v) => patient.hu.spleen + 4 * canvas.coarse[v]!, { rough: 0.6 });
}

function paintKidney(canvas: Canvas, patient: Patient, side: -1 | 1): void {
  const random = patientStream(patient, side < 0 ? 'right kidney' : 'left kidney');
  const { cortex, medulla, fat } = patient.hu;
  const size = random.uniform(0.9, 1.1);
  const [cx, cy, cz] = jitter(random, [68 * side, 44, side < 0 ? -16 : -4], 3.5);
  const turn = 0.55 * side;
  const capsule = ellipsoid([cx, cy, cz], [25 * size, 28 * size, 54 * size], turn, -0.18 * side);
  // The hilum opens medially and forward.
  const sinus = ellipsoid([cx - 17 * side, cy - 9, cz], [17, 10, 22], turn);
  canvas.paint(
    capsule,
    (v, depth) => {
      const pyramid = coverage(depth - 6, canvas.edgeMm) * coverage(5 * (canvas.fine[v]! + 0.35), canvas.edgeMm);
      return cortex - 2 * canvas.coarse[v]! + pyramid * (medulla - cortex);
    },
    { rough: 0.7, rim: { mm: 3 + 9 * patient.adiposity, hu: fat, opacity: 1 } },
  );
  canvas.paint(sinus, (v) => (canvas.fine[v]! > 0.7 ? 12 : fat + 25));
  if (random.uniform() < 0.25) {
    canvas.paint(ellipsoid([cx + 20 * side, cy + 4, cz + random.uniform(-30, 30)], [9, 9, 9]), 6);
  }
  const cava: TubePoint = side < 0 ? [-24, 20, cz + 4, 5] : [-14, 16, cz + 6, 5];
  const veinPath: TubePoint[] =
    side < 0
      ? [[cx - 12 * side, cy - 8, cz, 5], cava]
      : [[cx - 14 * side, cy - 9, cz, 5.5], [26, 14, cz + 4, 5], [6, 7, cz + 6, 4.5], cava];
  canvas.paint(tube(smoothPath(veinPath)), patient.hu.vein - 10);
  canvas.paint(rod([8, 22, cz + 4, 3], [cx - 14 * side, cy - 5, cz + 2, 2.6]), patient.hu.artery);
}

function paintAdrenals(canvas: Canvas, patient: Patient): void {
  for (const side of [-1, 1] as const) {
    const x = side < 0 ? -32 : 38;
    canvas.paint(
      union([rod([x, 26, 42, 2.2], [x + 5 * side, 36, 36, 2.4]), rod([x, 26, 42, 2.4], [x + 13 * side, 35, 40, 2])]),
      patient.hu.pancreas - 6,
    );
  }
}

function paintGreatVessels(canvas: Canvas, patient: Patient): void {
  const random = patientStream(patient, 'great vessels');
  const { artery, vein } = patient.hu;
  const sway = random.normal(0, 4);
  const wide = random.uniform(8.5, 11.5);
  const aorta = tube(
    smoothPath([
      [9, 22, 200, wide + 1],
      [8 + sway, 20, 60, wide],
      [6, 18, -20, wide - 0.8],
      [4 + sway, 18, -200, wide - 2],
    ]),
  );
  const cava = tube(
    smoothPath([
      [-26, 6, 200, 13],
      [-24, 10, 70, 12],
      [-24, 20, 0, 10.5],
      [-20, 22, -200, 10],
    ]),
  );
  const rim = { mm: 2, hu: patient.hu.fat, opacity: 0.7 };
  canvas.paint(cava, vein - 22, { rim });
  canvas.paint(aorta, artery, { rim });
  if (random.uniform() < 0.5) {
    canvas.paint(ellipsoid([8 + wide, 19, random.uniform(-60, 20)], [2, 4, 8]), 480);
  }
  // Coeliac trunk to the common hepatic artery.
  canvas.paint(
    tube(
      smoothPath([
        [8, 14, 30, 3.6],
        [6, 0, 33, 3.4],
        [-12, -10, 30, 2.6],
        [-30, -16, 32, 2.2],
      ]),
    ),
    artery,
  );
}

/** Paints the solid organs of the upper abdomen and the great vessels. */
export function paintOrgans(canvas: Canvas, patient: Patient, wall: Wall): void {
  paintSpleen(canvas, patient, wall);
  paintLiver(canvas, patient, wall);
  for (const side of [-1, 1] as const) paintKidney(canvas, patient, side);
  paintGreatVessels(canvas, patient);
  paintAdrenals(canvas, patient);
}
