// What the first cell of a notebook would wait for is done before it, while the reader still reads: the compiler sees
// the packages, and Node loads those that every notebook begins with.
const { createRequire } = require('node:module');
const path = require('node:path');

/** Nothing else may be asked for so long: `Run all` right after the start does without. */
const quietMs = 500;
const firstCell = "import * as ax from 'axunet';\nimport * as lesson from 'axunet-lessons';\n[ax.losses, lesson];";

/**
 * Steps that are taken one by one when nothing was asked for a while, and no more once a cell has run.
 * @param steps functions; one that throws ends the warming up, as outside of the project
 */
class WarmUp {
  #steps;
  #timer;

  constructor(steps) {
    this.#steps = [...steps];
  }

  /** Something was answered that is no cell: the reader is about to begin. */
  begin() {
    clearTimeout(this.#timer);
    if (this.#steps.length > 0) this.#timer = setTimeout(() => this.#next(), quietMs).unref();
  }

  /** A cell comes. */
  end() {
    clearTimeout(this.#timer);
    this.#steps = [];
  }

  #next() {
    try {
      this.#steps.shift()?.();
      this.begin();
    } catch {
      this.end();
    }
  }
}

/** The steps for cells of a folder, given tslab's compiler of cells. */
const stepsFor = (converter, folder = process.cwd()) => [
  () => converter.convert('', firstCell),
  ...['axunet', 'axunet-lessons'].map((name) => () => createRequire(path.join(folder, 'cell.js'))(name)),
];

module.exports = { stepsFor, WarmUp };
