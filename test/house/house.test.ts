/** The order of the house: arrows between packages and rooms, circles of files, exports, and the front door. */
import { describe, expect, it } from 'vitest';
import {
  exportedNames,
  exportedValues,
  packageOf,
  packages,
  readAllCode,
  readCells,
  readPackages,
  readUsers,
  roomOf,
} from './sources.ts';

const files = readPackages();
const imports = files.flatMap(({ file, imports: all }) => all.map((each) => ({ file, ...each })));

/** Each room of `lib` uses only those above it. */
const rooms = [
  ['system', 'errors', 'settings', 'random', 'checks', 'progress'],
  ['volume', 'statistics'],
  ['io'],
  ['dicom'],
  ['dicomLabels'],
  ['scan'],
  ['dataset', 'radiomics'],
  ['preprocess'],
  ['loss', 'model'],
  ['step', 'predict'],
  ['evaluate'],
  ['train'],
  ['weights'],
  ['crossval', 'figures', 'export', 'plan'],
  ['report'],
  ['view'],
  ['shards'],
  ['cli', 'index'],
];
const storey = (room: string): number => rooms.findIndex((names) => names.includes(room));

/** The rooms that may touch tensors. */
const tensorRooms = [
  ...['loss', 'model', 'step', 'predict', 'train', 'weights', 'evaluate', 'crossval', 'export', 'plan', 'cli', 'index'],
];
/** What every room may take from the engine's package: it brings no tensors along. */
const withoutTensors = ['lib/engine/errors.ts', 'lib/engine/settings.ts'];

/** Files of a package that only hand on what others make. */
const doorFiles = new Set(['index.ts', 'study.ts', 'radiomics.ts', 'course.ts']);

describe('The house', () => {
  it('has packages that know only those before them', () => {
    const order = packages.map(([name]) => name as string);
    const wrong = imports.filter(
      ({ file, target }) => target && order.indexOf(packageOf(target)[0]) > order.indexOf(packageOf(file)[0]),
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('has packages that call each other by name and their own files by path', () => {
    const wrong = imports.filter(
      ({ file, target, specifier }) => target && (packageOf(target) === packageOf(file)) !== /^[.#]/.test(specifier),
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('has a place for every room', () => {
    const all = files.filter(({ file }) => packageOf(file)[0] === 'axunet').map(({ file }) => roomOf(file));
    expect([...new Set(all)].filter((room) => storey(room) < 0)).toEqual([]);
  });

  it('has rooms that know only those above them', () => {
    const inside = imports.filter(
      ({ file, target }) => target && [file, target].every((f) => packageOf(f)[0] === 'axunet'),
    );
    const wrong = inside.filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target!)];
      return from !== to && storey(to) >= storey(from) && storey(from) > 0;
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('touches tensors only where the network is computed', () => {
    const wrong = imports.filter(({ file, target, specifier }) => {
      if (packageOf(file)[0] !== 'axunet' || tensorRooms.includes(roomOf(file))) return false;
      if (specifier.startsWith('@tensorflow/')) return true;
      return target?.startsWith('lib/engine/') && !withoutTensors.includes(target);
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('loads tfjs in the engine alone, so that there is one', () => {
    const wrong = imports.filter(
      ({ file, specifier }) => specifier.startsWith('@tensorflow/') && packageOf(file)[0] !== 'axunet-engine',
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('has no circle of files', () => {
    const next = new Map(files.map(({ file, imports: all }) => [file, all.flatMap(({ target }) => target ?? [])]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      if (done.has(file) || way.includes(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...way, file]);
      done.add(file);
    };
    for (const { file } of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('exports nothing that nobody uses', () => {
    const cells = readCells();
    const users = [...files, ...readUsers()];
    const isDoor = (file: string): boolean => doorFiles.has(file.slice(packageOf(file)[1].length + 1));
    const unused = files
      .filter(({ file }) => !isDoor(file))
      .flatMap((source) =>
        exportedValues(source)
          .filter((name) => {
            const word = new RegExp(`\\b${name}\\b`);
            return !word.test(cells) && !users.some((user) => user.file !== source.file && word.test(user.text));
          })
          .map((name) => `${name} of ${source.file}`),
      );
    expect(unused).toEqual([]);
  });

  it('gives a name one meaning: no two files of a package export the same one', () => {
    const owners = new Map<string, string[]>();
    for (const source of files) {
      const [name, folder] = packageOf(source.file);
      if (source.file.startsWith('lib/cli/')) continue; // each command has `options` and `run`
      if (source.file.includes('/system/browser/')) continue; // the same in a browser has the same name
      if (doorFiles.has(source.file.slice(folder.length + 1))) continue;
      for (const exported of exportedNames(source)) {
        const key = `${exported} of ${name}`;
        owners.set(key, [...(owners.get(key) ?? []), source.file]);
      }
    }
    expect([...owners].filter(([, where]) => where.length > 1)).toEqual([]);
  });

  it('opens its front door to about 120 names', () => {
    const door = files.find(({ file }) => file === 'lib/index.ts')!;
    const names = door.imports.flatMap((each) => each.names);
    expect(names).not.toContain('*');
    expect(names.length).toBeGreaterThan(100);
    expect(names.length).toBeLessThan(140);
  });

  it('has no line that needs scrolling: 120 columns, 140 in tables and tests, whose titles are sentences', () => {
    const wide = readAllCode().flatMap(({ file, text }) => {
      const most = text.includes('biome-ignore format') || file.startsWith('test/') ? 140 : 120;
      return text.split('\n').flatMap((line, i) => ([...line].length > most ? [`${file}:${i + 1}`] : []));
    });
    expect(wide).toEqual([]);
  });
});
