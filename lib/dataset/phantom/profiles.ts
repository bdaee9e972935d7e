/** How large the phantom cohort is. */
import type { Profile } from '../../settings.ts';
import type { Vec3 } from '../../volume/volume.ts';

export interface PhantomProfile {
  readonly patients: number;
  /** Voxels in a row, rows, slices on average. */
  readonly size: Vec3;
}

/** How many patients of which size each profile has. */
export const phantomProfiles: Readonly<Record<Profile, PhantomProfile>> = {
  tiny: { patients: 8, size: [64, 64, 16] },
  demo: { patients: 24, size: [128, 128, 40] },
  study: { patients: 60, size: [192, 192, 56] },
  paper: { patients: 80, size: [512, 512, 120] },
};
