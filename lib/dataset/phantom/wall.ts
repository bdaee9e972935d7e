/** The body's wall: skin, fat, muscles, skeleton, lung bases and the table under it. */
import { type Canvas, coverage } from './canvas.ts';
import { type Patient, patientStream } from './patient.ts';
import { column, ellipsoid, grown, rod, type Solid, type TubePoint, tube, union, within, without } from './solids.ts';

export interface Wall {
  readonly skin: Solid;
  /** Outer face of the muscles. */
  readonly muscle: Solid;
  /** The space for the organs. */
  readonly cavity: Solid;
  readonly diaphragm: Solid;
  /** Height above which the diaphragm leaves the wall. */
  readonly domeMm: number;
  /** Half width and front/back depth of the skin in template millimetres. */
  readonly outline: { halfWidth: number; front: number; back: number };
}

/** The solids of the wall; fat under the skin makes the outline, the muscles keep their place. */
export function wallOf(patient: Patient): Wall {
  const fat = 7 + 22 * patient.adiposity;
  const outline = { halfWidth: 139 + fat, front: 97 + 0.8 * fat, back: 102 + 0.75 * fat };
  return {
    skin: column(outline.halfWidth, outline.front, outline.back, 0.55),
    muscle: column(138, 96, 100, 0.62),
    cavity: column(126, 87, 75, 0.66),
    diaphragm: column(137, 99, 86, 0.66, { top: 122, height: 92 }),
    domeMm: 30,
    outline,
  };
}

/** A muscle along the spine, a little thicker below than above. */
const longMuscle = (x: number, y: number, radius: number, bulge: number): Solid =>
  tube([
    [x, y, -200, radius + bulge],
    [x, y, 0, radius],
    [x * 0.93, y, 200, radius - bulge],
  ]);

/** Skin, fat under it, the muscular wall and the fat that fills the cavity: layers told apart by their depth. */
function paintLayers(canvas: Canvas, patient: Patient, wall: Wall): void {
  const { muscle, fat } = patient.hu;
  const { coarse, fine, edgeMm } = canvas;
  canvas.paint(wall.skin, (v, depth) => {
    const strands = fat + 3 * coarse[v]! + 18 * Math.max(fine[v]! - 1.9, 0);
    return 25 + (strands - 25) * coverage(depth - 2.2, edgeMm);
  });
  const plane = 0.2 + 0.4 * patient.adiposity;
  canvas.paint(wall.muscle, (v, depth, x, y, z) => {
    const toCavity = wall.cavity.distance(x, y, z);
    // Fat between the layers of the flank's muscles.
    const between = plane * coverage(1.2 - Math.abs(toCavity - 6), edgeMm) * coverage(depth - 2, edgeMm);
    const flesh = muscle + 5 * coarse[v]! - 7 * Math.max(fine[v]! - 1, 0);
    const layered = flesh + between * (fat - flesh);
    const mesentery = fat + 4 * coarse[v]! + 22 * Math.max(fine[v]! - 1.7, 0);
    return layered + (mesentery - layered) * coverage(-toCavity, edgeMm);
  });
}

/** Erector spinae, quadratus lumborum, psoas and the crura of the diaphragm. */
function paintMuscles(canvas: Canvas, patient: Patient, wall: Wall): void {
  const { muscle, fat } = patient.hu;
  const flesh = (v: number): number => muscle + 5 * canvas.coarse[v]! - 7 * Math.max(canvas.fine[v]! - 1, 0);
  // The linea alba parts the two recti.
  canvas.paint(rod([0, -93, -200, 3.5], [0, -93, 200, 3.5]), fat);
  for (const side of [-1, 1]) {
    canvas.paint(within(longMuscle(37 * side, 79, 20, 1), wall.muscle, 2), flesh, {
      rim: { mm: 2.5, hu: fat, opacity: 0.8 },
    });
    canvas.paint(within(longMuscle(67 * side, 74, 12, 2), wall.muscle, 3), flesh);
    canvas.paint(
      tube([
        [30 * side, 55, 70, 5],
        [37 * side, 53, 0, 14],
        [46 * side, 48, -90, 21],
        [52 * side, 42, -200, 24],
      ]),
      flesh,
    );
    canvas.paint(
      tube([
        [13 * side, 34, 120, 6],
        [12 * side, 33, 40, 6],
        [11 * side, 35, -30, 3],
      ]),
      flesh,
    );
  }
}

/** Lung bases beside the dome of the diaphragm, and the dome itself as a thin muscle. */
function paintLungs(canvas: Canvas, patient: Patient, wall: Wall): void {
  const above = (solid: Solid): Solid => ({ ...solid, low: [solid.low[0], solid.low[1], wall.domeMm] });
  canvas.paint(
    above(grown(without(wall.cavity, wall.diaphragm), 2)),
    (v) => -840 + 25 * canvas.coarse[v]! + 130 * Math.max(canvas.fine[v]! - 1.6, 0),
  );
  canvas.paint(above(within(without(grown(wall.diaphragm, 2.5), wall.diaphragm), wall.cavity)), patient.hu.muscle);
}

/** Height of a vertebra with its disc, in millimetres. */
const vertebraMm = 36;

/** Vertebral bodies with cortex, marrow and discs; pedicles, arches, processes; the canal between them. */
function paintSpine(canvas: Canvas, patient: Patient): void {
  const random = patientStream(patient, 'spine');
  const phase = random.uniform(0, vertebraMm);
  const marrow = random.uniform(150, 210);
  const level = (z: number): number => (((z + phase) % vertebraMm) + vertebraMm) % vertebraMm;
  const bone = (v: number, depth: number): number => (depth < 2.6 ? 420 : marrow) + 28 * canvas.fine[v]!;
  const upright = (x: number, y: number, radius: number): Solid => rod([x, y, -250, radius], [x, y, 250, radius]);
  const bodies = within(upright(0, 48, 22), ellipsoid([0, 46, 0], [24, 20, 4000]));
  canvas.paint(bodies, (v, depth, _x, _y, z) => {
    if (level(z) < 7.5) return 85;
    const atEndplate = level(z) < 10 || level(z) > 33.5;
    return bone(v, atEndplate ? 0 : depth);
  });
  for (const side of [-1, 1]) {
    canvas.paint(upright(11 * side, 62, 6), (_v, _depth, _x, _y, z) => (level(z) > 16 ? 330 : 60));
    canvas.paint(upright(13 * side, 72, 6.5), bone);
  }
  canvas.paint(upright(0, 70, 8.5), (_v, depth) => (depth > 3 ? 38 : -20));
  for (let z = -252 - phase + 24; z < 250; z += vertebraMm) {
    for (const side of [-1, 1]) canvas.paint(rod([14 * side, 68, z + 1, 4.5], [40 * side, 72, z + 4, 3]), bone);
    canvas.paint(union([rod([0, 80, z, 4.5], [0, 94, z - 8, 4.5]), rod([0, 80, z - 5, 4], [0, 93, z - 15, 5])]), bone);
  }
}

/** A rib from the spine round the flank to the angle `end` (π would be the midline in front), falling on its way. */
function ribPath(side: number, top: number, end: number): TubePoint[] {
  return Array.from({ length: 15 }, (_, i) => {
    const angle = (end * i) / 14;
    const out = Math.sin(angle);
    const ahead = Math.cos(angle);
    return [
      side * (24 + 107 * out),
      ahead > 0 ? 82 * ahead ** 0.8 : 86 * ahead,
      top - 62 * (angle / Math.PI) ** 1.2 - 8,
      4.4,
    ] as const;
  });
}

/** Angles at which the two lowest ribs end. */
const floatingRibEnds: readonly number[] = [1.2, 1.6];

/** Ten pairs of ribs; the lowest two float, the others end in cartilage. */
function paintRibs(canvas: Canvas, patient: Patient): void {
  const random = patientStream(patient, 'ribs');
  const start = random.uniform(0, 26);
  for (let k = -1; k < 9; k++) {
    const top = start + 26 * k;
    const end = floatingRibEnds[k + 1] ?? 2.35;
    for (const side of [-1, 1]) {
      const path = ribPath(side, top, end);
      canvas.paint(tube(path), (v, depth) => (depth < 1.9 ? 400 : 220) + 25 * canvas.fine[v]!);
      if (k < 2) continue;
      const [x, y, z] = path[path.length - 1]!;
      canvas.paint(rod([x, y, z, 6], [side * 40, -87, z + 22, 7]), 115);
    }
  }
}

/** The couch: two thin sheets, bent upwards at the sides, with foam between. */
function paintTable(canvas: Canvas, patient: Patient, wall: Wall): void {
  const random = patientStream(patient, 'table');
  const top = wall.outline.back + random.uniform(1, 5);
  const sag = 0.0011;
  const sheet = (offset: number, halfMm: number): Solid => ({
    low: [-230, -50, -400],
    high: [230, 260, 400],
    distance: (x, y) => Math.max(Math.abs(y - (top + offset - sag * x * x)) - halfMm, Math.abs(x) - 205),
  });
  canvas.paint(sheet(3, 1.8), 420);
  canvas.paint(sheet(26, 1.8), 300);
  canvas.paint(sheet(14.5, 9), -870);
}

/** Fills the canvas with air, the table and the body's wall; the cavity is left full of fat, the lung bases of air. */
export function paintWall(canvas: Canvas, patient: Patient): Wall {
  const wall = wallOf(patient);
  canvas.hu.fill(-1000);
  paintTable(canvas, patient, wall);
  paintLayers(canvas, patient, wall);
  paintMuscles(canvas, patient, wall);
  paintLungs(canvas, patient, wall);
  paintSpine(canvas, patient);
  paintRibs(canvas, patient);
  return wall;
}
