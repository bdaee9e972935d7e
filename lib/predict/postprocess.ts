/** Cleaning a predicted mask: one organ has no islands and no holes. */
import { expected } from '../errors.ts';
import { fillHoles, largestComponent, removeSmallObjects } from '../volume/components.ts';
import { type Vec3, voxelVolumeMl } from '../volume/volume.ts';

/** Which components of a mask are kept, and whether holes are filled. */
export interface Postprocessing {
  /** Components that are kept: only the largest, or all of at least `minimumMl`; all by default. 26 neighbours. */
  readonly keep?: 'largest' | { readonly minimumMl: number };
  /** Whether background enclosed by the mask becomes foreground; after components have been removed. */
  readonly fillHoles?: boolean;
}

/** `largest component, holes filled`; `none` when nothing is done. */
export function describePostprocessing({ keep, fillHoles: holes }: Postprocessing): string {
  const steps: string[] = [];
  if (keep === 'largest') steps.push('largest component');
  else if (keep) steps.push(`components of at least ${keep.minimumMl} ml`);
  if (holes) steps.push('holes filled');
  return steps.join(', ') || 'none';
}

/**
 * Reads `largest`, `0.1ml` (components of at least that volume), `fill`, or the first two with `fill` behind a comma;
 * `none` is nothing.
 */
export function parsePostprocessing(text: string): Postprocessing {
  const wrong = expected(
    '--postprocess none, largest, a volume such as 0.1ml, fill, or one of the two with ,fill',
    `"${text}"`,
  );
  if (text === 'none') return {};
  const parts = text.split(',').map((part) => part.trim());
  const steps = parts.map((part): Postprocessing => {
    if (part === 'largest') return { keep: 'largest' };
    if (part === 'fill') return { fillHoles: true };
    const [, ml] = /^(\d+(?:\.\d+)?)ml$/.exec(part) ?? [];
    if (!(Number(ml) > 0)) throw wrong;
    return { keep: { minimumMl: Number(ml) } };
  });
  const [keeping, filling] = [steps.filter(({ keep }) => keep), steps.filter(({ fillHoles: holes }) => holes)];
  if (keeping.length > 1 || filling.length > 1) throw wrong;
  return { ...keeping[0], ...filling[0] };
}

/**
 * The same for class numbers: what is kept and filled is decided for all classes as one, since a tumour is a part of
 * its organ; what is filled takes class 1.
 */
export function postprocessClasses(
  mask: Uint8Array,
  shape: Vec3,
  spacingMm: Vec3,
  postprocessing: Postprocessing,
): Uint8Array {
  const kept = postprocessMask(mask, shape, spacingMm, postprocessing);
  for (let i = 0; i < kept.length; i++) if (kept[i] && mask[i] > 1) kept[i] = mask[i];
  return kept;
}

/**
 * A new mask of 0 and 1, shape [x, y, z] with x fastest; spacing in mm gives a component its volume. An empty mask
 * stays empty.
 */
export function postprocessMask(
  mask: ArrayLike<number>,
  shape: Vec3,
  spacingMm: Vec3,
  { keep, fillHoles: holes }: Postprocessing,
): Uint8Array {
  // A volume that is a whole number of voxels must not need one more because of rounding.
  const minimumVoxels =
    keep === 'largest' || !keep ? 0 : Math.ceil(keep.minimumMl / voxelVolumeMl({ spacingMm }) - 1e-9);
  const kept = keep === 'largest' ? largestComponent(mask, shape) : removeSmallObjects(mask, shape, minimumVoxels);
  return holes ? fillHoles(kept, shape) : kept;
}
