/** The package `axunet`: everything a notebook cell imports. Cells may also import one room: `from 'axunet/io/nifti'`. */
export * from './errors.ts';
export * from './progress.ts';
export * from './random.ts';
export * from './settings.ts';
export * from './volume/volume.ts';
export * from './volume/orientation.ts';
export * from './io/files.ts';
export * from './io/image.ts';
export * from './io/nifti.ts';
export * from './io/npy.ts';
