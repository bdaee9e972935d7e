/** The option `--series`: which of several DICOM series in a folder is meant. */
import type { SeriesChoice } from '../../scan/readVolume.ts';
import type { OptionDefinition } from '../definition.ts';

export const seriesOption = {
  value: 'N',
  text:
    'of a DICOM folder with several series the one that is meant: its number in the list that is shown without it, ' +
    'its Series Instance UID, or `largest` for that of the most images',
  usually: 'the only one',
} as const satisfies OptionDefinition;

/** What the readers take. */
export const seriesOf = ({ series }: { readonly series: string | undefined }): SeriesChoice =>
  series === undefined ? {} : { series };
