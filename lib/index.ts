/** The package `axunet`: everything a notebook cell imports. Cells may also import one room: `from 'axunet/io/nifti'`. */
export * from './errors.ts';
export * from './progress.ts';
export * from './random.ts';
export * from './settings.ts';
export * from './volume/volume.ts';
