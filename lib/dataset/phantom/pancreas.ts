/** The pancreas with its tumour and duct, and the veins that run along it. */
import type { Vec3 } from '../../volume/volume.ts';
import type { Canvas } from './canvas.ts';
import { type Patient, patientStream } from './patient.ts';
import { ellipsoid, type Solid, smoothPath, type TubePoint, tube, union } from './solids.ts';

/** Classes of the label volume. */
const pancreasLabel = 1;
export const tumourLabel = 2;

/** Uncinate process, head, neck over the portal vein, body over the spine, tail to the spleen's hilum. */
const centreLine: readonly TubePoint[] = [
  [-22, 2, -30, 9],
  [-31, -2, -17, 14],
  [-33, -8, 0, 15.5],
  [-22, -18, 10, 12],
  [-4, -24, 14, 10.2],
  [17, -24, 18, 11],
  [38, -18, 23, 11.5],
  [57, -8, 29, 11],
  [74, 2, 34, 10],
  [87, 10, 38, 7],
];

export interface PancreasShape {
  readonly path: readonly TubePoint[];
  readonly solid: Solid;
  /** Centre of the head, for the duodenum that embraces it. */
  readonly headMm: Vec3;
}

/** The gland of this patient: the template's centre line bent, turned, shifted and scaled. */
export function pancreasOf(patient: Patient): PancreasShape {
  const random = patientStream(patient, 'pancreas');
  const { shiftMm, rise, turn, arch, thickness } = patient.pancreas;
  const [cr, sr, ct, st] = [Math.cos(rise), Math.sin(rise), Math.cos(turn), Math.sin(turn)];
  const cut = patient.tumour ? patient.tumour.along : 2;
  const bent = centreLine.map(([x, y, z, radius], i): TubePoint => {
    const along = i / (centreLine.length - 1);
    // Turned about the neck; the part behind a tumour has shrunk.
    const dx = x + 4;
    const forward = y < 0 ? y * arch : y;
    const u = ct * dx - st * forward;
    const v = st * dx + ct * forward;
    const shrunk = along > cut ? 0.86 : 1;
    return [
      cr * u - sr * z - 4 + shiftMm[0] + random.normal(0, 2.2),
      v + shiftMm[1] + random.normal(0, 2.2),
      sr * u + cr * z + shiftMm[2] + random.normal(0, 2.2),
      radius * thickness * shrunk * random.uniform(0.9, 1.1),
    ];
  });
  const path = smoothPath(bent, 4);
  const head = bent[2]!;
  return { path, solid: tube(path), headMm: [head[0], head[1], head[2]] };
}

/** Portal, superior mesenteric and splenic vein, which follows the gland's posterior surface; the mesenteric artery. */
function paintPortalVeins(canvas: Canvas, patient: Patient, { path }: PancreasShape): void {
  const { vein, artery, fat } = patient.hu;
  const behind = (fraction: number, radius: number, gap: number): TubePoint => {
    const [x, y, z, r] = path[Math.round(fraction * (path.length - 1))]!;
    return [x, y + r + gap, z + 2, radius];
  };
  const confluence = behind(0.4, 7.5, 3);
  const [x, y, z] = confluence;
  const veins = [
    [confluence, [x - 12, y - 1, z + 14, 7.2], [-38, -12, z + 28, 6.5], [-52, -10, 46, 5.5]],
    [confluence, [x - 2, y - 6, z - 24, 6.6], [x - 3, y - 14, z - 60, 6], [x - 4, y - 16, z - 140, 5]],
    [
      confluence,
      behind(0.55, 5.2, 1.5),
      behind(0.7, 4.8, 1),
      behind(0.84, 4.6, 1),
      behind(0.94, 4.4, 2),
      [96, 26, 42, 3.8],
    ],
  ] as const satisfies readonly (readonly TubePoint[])[];
  const mesentericArtery = tube(
    smoothPath([
      [8, 14, 2, 4.2],
      [x + 15, y - 1, z - 18, 4],
      [x + 14, y - 8, z - 60, 3.6],
      [x + 12, y - 12, z - 140, 3],
    ]),
  );
  canvas.paint(mesentericArtery, artery, { rim: { mm: 3, hu: fat, opacity: 0.8 } });
  canvas.paint(
    union(
      veins.map((path) => tube(smoothPath(path))),
      3,
    ),
    vein,
    { rim: { mm: 1, hu: fat, opacity: 0.5 } },
  );
}

/** The mass replaces gland; the duct behind it, up to the tail, is widened. */
function paintTumour(canvas: Canvas, patient: Patient, { path }: PancreasShape): void {
  const { tumour } = patient;
  if (!tumour) return;
  const at = Math.round(tumour.along * (path.length - 1));
  const upstream = path
    .slice(at)
    .map(
      ([x, y, z, r], i): TubePoint => [
        x,
        y,
        z,
        Math.min(tumour.ductRadiusMm * (1 - (0.5 * i) / (path.length - at)), r * 0.5),
      ],
    );
  canvas.paint(tube(upstream), 18, { label: pancreasLabel });
  const random = patientStream(patient, 'tumour shape');
  const [x, y, z] = path[at]!;
  const r = tumour.radiusMm;
  const axis = (): number => r * random.uniform(0.85, 1.2);
  const mass = ellipsoid(
    [x + random.normal(0, 2), y + random.normal(0, 2), z + random.normal(0, 2)],
    [axis(), axis(), axis()],
  );
  canvas.paint(mass, (v, depth) => tumour.hu + 5 * canvas.coarse[v]! - (depth > 0.6 * r ? 8 : 0), {
    label: tumourLabel,
    rough: 1,
  });
}

/** Paints gland, tumour, duct and veins; labels: 1 gland with its duct, 2 tumour, veins are background. */
export function paintPancreas(canvas: Canvas, patient: Patient, shape: PancreasShape): void {
  const { lobulationMm, fattyHu } = patient.pancreas;
  const { pancreas, fat } = patient.hu;
  const rim = 1.8 + 2.2 * patient.adiposity;
  canvas.paint(shape.solid, (v) => pancreas + 3 * canvas.coarse[v]! - fattyHu * Math.max(-canvas.fine[v]! - 0.3, 0), {
    label: pancreasLabel,
    rough: lobulationMm,
    rim: { mm: rim, hu: fat, opacity: 0.9 },
  });
  paintTumour(canvas, patient, shape);
  paintPortalVeins(canvas, patient, shape);
}
