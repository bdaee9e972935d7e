/** How the phantom cohort tells that nobody was scanned: in its dataset.json, and in each file's header. */

export const generatorName = 'axunet phantom';

/** What stands in the header of a phantom's image and label. */
export const syntheticDescription = (id: string, seed: number, version: number): string =>
  `${id} seed ${seed} v${version} synthetic`;

/**
 * Whether the description in a volume's header is that of a phantom. One that went through another program may have
 * lost it and then counts as a scan.
 */
export const isSyntheticImage = (description = ''): boolean =>
  /^phantom_\d{3,} seed -?\d+ v\d+ synthetic$/.test(description.trim());

/** Whether the `generator` of a dataset.json is the one of the phantom cohort. */
export const isSyntheticSet = (generator: unknown): boolean =>
  typeof generator === 'object' && (generator as { name?: unknown } | null)?.name === generatorName;
