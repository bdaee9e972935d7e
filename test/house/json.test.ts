/** JSON is never believed: what was parsed is checked before it is used. */
import { describe, expect, it } from 'vitest';
import { readAllCode } from './sources.ts';

/** Who may call `JSON.parse`, and why nothing of it needs a schema. */
const allowed: Readonly<Record<string, string>> = {
  'lib/io/schema.ts': 'the one door: `parseJson`, behind which a schema stands',
  'lib/engine/setup/files.mjs': 'the door of what runs before npm ci: `parseObject`, then plain checks',
  'lib/engine/graph/equalTraces.ts': 'notes of this very process, never on a disk',
  'lib/view/page/browser.mjs': 'what viewPage.ts wrote into the very page whose script it is',
  'lib/train/config.ts': 'a word of the command line (`--set`), which the table of options then checks',
  'scripts/kernel/message.cjs': 'requests of Jupyter, which carry a signature',
  'scripts/kernel/diagnostics.cjs':
    "the project's notebooks, whose texts are searched; one that is damaged is left out",
  'scripts/kernel-client.mjs': 'the client of the tests; its messages carry a signature',
  'scripts/cluster/left.mjs': 'what axunet status has just printed',
  'scripts/engine-check.ts': 'the reference of the tests, which comes with the project',
  'bench/imaging-ours.ts': 'arguments from the benchmark that started it',
  'bench/loss-ours.ts': 'arguments from the benchmark that started it',
  'bench/network-ours.ts': 'arguments from the benchmark that started it',
  'bench/radiomics-ours.ts': 'arguments from the benchmark that started it',
};

/** A copy of a value in memory is no reading. */
const copy = /JSON\.parse\(\s*JSON\.stringify\(/g;

const code = readAllCode().filter(({ file }) => !file.startsWith('test/'));
const parsing = code.filter(({ text }) => text.replace(copy, '').includes('JSON.parse(')).map(({ file }) => file);

describe('JSON', () => {
  it('is parsed behind one door, and elsewhere only for a reason', () => {
    expect(parsing.filter((file) => !(file in allowed))).toEqual([]);
  });

  it('has no reason left for a file that parses none', () => {
    expect(Object.keys(allowed).filter((file) => !parsing.includes(file))).toEqual([]);
  });

  it('is not cast into a type where it was read: the schema gives the type', () => {
    const cast = /readJson(?:As|IfGood|Sync)?\([^;]*?\)\)?\s+as\s/;
    expect(code.filter(({ text }) => cast.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('and other texts come from a disk through a door that knows pipes, devices and lengths', () => {
    const reading = code.filter(({ file, text }) => {
      const isOurs = /^(lib|notebooks\/lessons)\/.*\.ts$/.test(file) && !/^lib\/(engine|system\/browser)\//.test(file);
      return isOurs && /\breadFile(Sync)?\(/.test(text);
    });
    expect(reading.map(({ file }) => file)).toEqual([
      'lib/crossval/judge.ts', // masks that the fold has just written
      'lib/dataset/download.ts', // the tag of a download under way
      'lib/figures/renderDom.ts', // a script of an npm package
      'lib/io/files.ts', // the door
      'lib/io/lease.ts', // who trains in a folder; the kernel's table of processes
    ]);
  });
});
