import type { Folds } from 'axunet/dataset/folds';
import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, sizes, withAlpha } from 'axunet/figures/theme';

/** One row per fold: how many patients train and validate, and which validate. */
export function foldRows({
  folds,
}: Pick<Folds, 'folds'>): { fold: number; training: number; validation: number; patients: string }[] {
  const all = folds.reduce((sum, fold) => sum + fold.length, 0);
  return folds.map((fold, k) => ({
    fold: k,
    training: all - fold.length,
    validation: fold.length,
    patients: fold.join(', '),
  }));
}

/** What the letters of the squares mean; nothing without groups. */
function letterKey(groups: Readonly<Record<string, string>> = {}): string {
  const names = [...new Set(Object.values(groups))].sort();
  return names.length > 0 ? `, letter: ${names.map((name) => `${name[0]!.toUpperCase()} ${name}`).join(', ')}` : '';
}

/**
 * Folds by patient: one column per patient, one row per fold, filled where the patient validates.
 * Every column is filled exactly once. `groups` (patient → group) puts a letter into the filled
 * squares. No patients give an empty figure.
 */
export function foldsFigure(
  { folds }: Pick<Folds, 'folds'>,
  options: { title?: string; groups?: Readonly<Record<string, string>> } = {},
): Figure {
  const patients = folds.flat();
  const title = options.title ?? `${patients.length} patients in ${folds.length} folds, each patient validated once`;
  if (patients.length === 0) return emptyFigure(title, 'There are no patients to divide.');
  const pitch = Math.max(8, Math.min(26, Math.floor(640 / patients.length)));
  const side = pitch - Math.max(2, Math.round(pitch / 6));
  const rowNames = folds.map((fold, k) => `Fold ${k}: ${patients.length - fold.length} train, ${fold.length} validate`);
  const squares = (name: string, colour: string, validates: boolean): Data => {
    const points = folds.flatMap((fold, k) =>
      patients.filter((p) => fold.includes(p) === validates).map((patient) => ({ patient, row: rowNames[k]! })),
    );
    const group = (patient: string): string =>
      validates && side >= 14 ? (options.groups?.[patient]?.[0] ?? '').toUpperCase() : '';
    return {
      type: 'scatter',
      mode: 'markers+text',
      name,
      x: points.map((p) => p.patient),
      y: points.map((p) => p.row),
      text: points.map((p) => group(p.patient)),
      textfont: { color: 'white', size: sizes.small },
      marker: { symbol: 'square', size: side, color: colour },
      hoverinfo: 'x+y+name',
    } as Data;
  };
  const key = side >= 14 ? letterKey(options.groups) : '';
  const many = patients.length > 40;
  return makeFigure(
    [squares('Training', withAlpha(colours.training, 0.22), false), squares('Validation', colours.validation, true)],
    {
      title,
      width: 300 + patients.length * pitch,
      height: (many ? 150 : 200) + folds.length * (side + 14),
      margin: { b: many ? 76 : 130 },
      legend: legendBelow,
      xaxis: axis({
        title: `Patient${key}`,
        unit: 'none',
        type: 'category',
        categoryorder: 'array',
        categoryarray: patients,
        tickangle: -60,
        showgrid: false,
        showticklabels: !many,
        ticks: many ? '' : 'outside',
      }),
      yaxis: axis({
        type: 'category',
        categoryorder: 'array',
        categoryarray: [...rowNames].reverse(),
        showgrid: false,
      }),
    },
  );
}
