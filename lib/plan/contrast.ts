/**
 * Whether scans were taken with contrast medium, as far as the CT numbers of the organ tell it. Without it pancreas
 * measures some 30 to 50 HU, and less where there is fat; in the pancreatic and in the portal venous phase 80 to 130 HU
 * (textbook values; the patients of NIH Pancreas-CT, portal venous, 94 to 110). Which phase it is they do not tell:
 * that shows in the vessels, which have no label.
 */

/** Cases by what their middle CT number says. */
export interface Contrast {
  readonly with: number;
  readonly without: number;
  /** Between the two ranges: a weak phase, or much fat. */
  readonly unclear: number;
}

/** Middle CT numbers up to the first are taken for no contrast medium, from the second on for some. */
const [mostWithout, leastWith] = [55, 70];

/** Counts cases by the median HU of their organ; all 0 for none. */
export function contrastOf(medianHu: readonly number[]): Contrast {
  const without = medianHu.filter((hu) => hu <= mostWithout).length;
  const withSome = medianHu.filter((hu) => hu >= leastWith).length;
  return { with: withSome, without, unclear: medianHu.length - without - withSome };
}

/** `all with contrast medium (…)`, or `20 with contrast medium, 3 without, 1 unclear (…)`. */
export function describeContrast({ with: withSome, without, unclear }: Contrast): string {
  const all = withSome + without + unclear;
  const basis = `by the organ's middle HU: up to ${mostWithout} without, from ${leastWith} on with`;
  if (withSome === all || without === all)
    return `all ${withSome === all ? 'with' : 'without'} contrast medium (${basis})`;
  const parts = [`${withSome} with contrast medium`, `${without} without`, ...(unclear ? [`${unclear} unclear`] : [])];
  return `${parts.join(', ')} (${basis}): a network learns best from one kind`;
}
