/** What differs from patient to patient: drawn once, from named random streams, before anything is painted. */
import { Random } from '../../random.ts';
import type { Vec3 } from '../../volume/volume.ts';

export interface Tumour {
  readonly site: 'head' | 'body' | 'tail';
  /** Place along the pancreas, 0 at the lower end of the head, 1 at the tip of the tail. */
  readonly along: number;
  readonly radiusMm: number;
  readonly hu: number;
  readonly ductRadiusMm: number;
}

type Tissue =
  | 'muscle'
  | 'liver'
  | 'spleen'
  | 'cortex'
  | 'medulla'
  | 'pancreas'
  | 'artery'
  | 'vein'
  | 'bowelWall'
  | 'fat';

export interface Patient {
  readonly seed: number;
  readonly index: number;
  /** Body size relative to the template along L, P, S. */
  readonly scale: Vec3;
  /** 0 lean … 1 obese. */
  readonly adiposity: number;
  readonly tumour?: Tumour;
  /** Attenuation in HU of the enhanced organs. */
  readonly hu: Readonly<Record<Tissue, number>>;
  readonly pancreas: {
    /** Shift of the whole gland along L, P, S in millimetres. */
    readonly shiftMm: Vec3;
    /** Rise of the tail against the template, radians. */
    readonly rise: number;
    /** Turn in the axial plane, radians. */
    readonly turn: number;
    /** How far the body bulges forward over the spine, relative to the template. */
    readonly arch: number;
    readonly thickness: number;
    /** Depth of the lobulation in millimetres. */
    readonly lobulationMm: number;
    /** HU by which fat between the lobules darkens the gland. */
    readonly fattyHu: number;
  };
  readonly noiseHu: number;
}

/** The random stream of one patient for one purpose: the same whatever the size of the cohort. */
export const patientStream = ({ seed, index }: Pick<Patient, 'seed' | 'index'>, purpose: string): Random =>
  Random.stream(seed, 'phantom', index, purpose);

/**
 * Whether a patient has a tumour: one of each pair (1, 2), (3, 4), … does, so that exactly half of an even cohort is
 * affected and a patient stays the same when the cohort grows.
 */
export function hasTumour(seed: number, index: number): boolean {
  const pair = Math.floor((index - 1) / 2);
  const first = Random.stream(seed, 'phantom', 'pair', pair).uniform() < 0.5;
  return (index % 2 === 1) === first;
}

function drawTumour(random: Random): Tumour {
  const site = (['head', 'body', 'tail'] as const)[random.integer(3)]!;
  const ranges = { head: [0.1, 0.24], body: [0.5, 0.66], tail: [0.76, 0.9] } as const;
  return {
    site,
    along: random.uniform(ranges[site][0], ranges[site][1]),
    radiusMm: random.uniform(7, 12.5),
    hu: random.uniform(44, 66),
    ductRadiusMm: random.uniform(1.6, 2.8),
  };
}

/** Draws patient `index` (from 1) of the cohort `seed`. */
export function drawPatient(seed: number, index: number): Patient {
  const random = patientStream({ seed, index }, 'patient');
  const size = random.normal(1, 0.045);
  const between = (low: number, high: number): number => random.uniform(low, high);
  const pancreas = between(82, 108);
  return {
    seed,
    index,
    scale: [size * between(0.95, 1.05), size * between(0.93, 1.07), size * between(0.93, 1.07)],
    adiposity: random.uniform() ** 1.3,
    tumour: hasTumour(seed, index) ? drawTumour(patientStream({ seed, index }, 'tumour')) : undefined,
    hu: {
      muscle: between(50, 64),
      liver: between(96, 124),
      spleen: between(112, 136),
      cortex: between(160, 205),
      medulla: between(105, 140),
      pancreas,
      artery: between(150, 185),
      vein: between(140, 178),
      bowelWall: between(98, 122),
      fat: between(-112, -96),
    },
    pancreas: {
      shiftMm: [random.normal(0, 8), random.normal(0, 5), random.normal(0, 10)],
      rise: random.normal(0, 0.2),
      turn: random.normal(0, 0.11),
      arch: between(0.55, 1.35),
      thickness: between(1.08, 1.32),
      lobulationMm: between(0.7, 1.5),
      fattyHu: between(8, 24),
    },
    noiseHu: between(6, 10),
  };
}
