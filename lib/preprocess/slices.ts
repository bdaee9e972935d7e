export { manifestVersion, type CaseEntry, type Manifest, type SliceEntry } from './manifest.ts';
