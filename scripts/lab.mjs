// `npm run lab`: copies of the notebooks in JupyterLab or Jupyter Notebook, with the project's own TypeScript kernel.
import fs from 'node:fs';
import path from 'node:path';
import { findProgram, findPrograms, inProject, Problem, root, run, runMain } from './common.mjs';
import { installKernel } from './install-kernel.mjs';
import { checkNode } from './node-version.mjs';
import { copiesFolder, copyCourse, copyNotebooks } from './notebook-copies.mjs';
import { notebookNames } from './run-notebooks.mjs';
import { prepare } from './setup.mjs';

const environment = '.jupyter/venv';

/** [program, arguments] that starts Jupyter, or undefined: the project's own environment first, then PATH. */
async function findJupyter() {
  for (const name of ['jupyter-lab', 'jupyter-notebook']) {
    const own = inProject(environment, 'bin', name);
    const program = fs.existsSync(own) ? own : findProgram(name);
    if (program) return [program, []];
  }
  for (const python of findPrograms(['python3', 'python'])) {
    for (const module of ['jupyterlab', 'notebook']) {
      const probe = `import importlib.util as u, sys; sys.exit(u.find_spec('${module}') is None)`;
      if ((await run(python, ['-I', '-c', probe], { timeoutS: 20 })).code === 0) return [python, ['-m', module]];
    }
  }
  return undefined;
}

/** The Python that runs a Jupyter: the program itself with `-m`, or what the first line of a script names. */
function pythonOf([program, args]) {
  if (args.length > 0) return program;
  const [, named] = /^#!\s*(\S+)\s*$/m.exec(fs.readFileSync(program, 'latin1').slice(0, 300)) ?? [];
  return named ?? path.join(path.dirname(program), 'python');
}

/** Tells how figures become interactive where JupyterLab lacks what draws them: it comes with the package plotly. */
async function tellOfPlotly(python) {
  const probe =
    'import sys; from jupyter_core.paths import jupyter_path; from pathlib import Path\n' +
    "sys.exit(not any((Path(p) / 'jupyterlab-plotly').exists() for p in jupyter_path('labextensions')))";
  if ((await run(python, ['-c', probe], { timeoutS: 20 })).code === 0) return;
  console.log('Figures are shown as pictures; to hover over them and to zoom, install plotly and start again:');
  console.log(`  ${python} -m pip install plotly`);
}

/** Any signal ends Jupyter as SIGTERM does: with its kernels, which SIGINT and SIGHUP would leave behind. */
function stopByTerm(child) {
  const kill = child.kill.bind(child);
  child.kill = (signal) => kill(signal === 'SIGKILL' ? signal : 'SIGTERM');
}

/** `--edit` is ours, the other arguments are Jupyter's. */
function readArguments(given) {
  return { isEdit: given.includes('--edit'), rest: given.filter((one) => one !== '--edit') };
}

/** The folder of the reader's copies, relative to the project; tells which of them are older than their original. */
function makeCopies() {
  const outdated = copyNotebooks(notebookNames(), inProject('notebooks'), inProject(copiesFolder));
  for (const name of [...outdated, ...copyCourse().map((each) => `course/${each}`)])
    console.log(
      `${copiesFolder}/${name}.ipynb has changes of yours, and its original is newer: rename yours to get a new copy.`,
    );
  console.log(`Your copies of the notebooks are in ${copiesFolder}; npm run lab -- --edit opens the originals.`);
  return copiesFolder;
}

/** Arguments with which both Jupyters show the project and begin in a folder of it. */
const openAt = (folder) => [
  `--ServerApp.root_dir=${root}`,
  `--LabApp.default_url=/lab/tree/${folder}`,
  `--JupyterNotebookApp.default_url=/tree/${folder}`,
];

checkNode();
runMain(async () => {
  console.log(`Engine: ${await prepare()}`);
  await installKernel();
  const jupyter = await findJupyter();
  if (!jupyter) {
    throw new Problem(
      'Expected JupyterLab or Jupyter Notebook, found neither; this command installs it into the project, ' +
        'then start again:\n' +
        `  python3 -m venv ${environment} && ${environment}/bin/pip install jupyterlab plotly`,
    );
  }
  const [program, args] = jupyter;
  await tellOfPlotly(pythonOf(jupyter));
  const { isEdit, rest } = readArguments(process.argv.slice(2));
  const jupyterPath = [inProject('.jupyter'), process.env.JUPYTER_PATH].filter(Boolean).join(path.delimiter);
  // Jupyter's own group keeps the terminal's Ctrl-C from it, which comes through us.
  const { code } = await run(program, [...args, ...openAt(isEdit ? 'notebooks' : makeCopies()), ...rest], {
    show: true,
    cwd: root,
    detached: process.platform !== 'win32',
    env: { ...process.env, JUPYTER_PATH: jupyterPath },
    onStart: stopByTerm,
  });
  return code;
});
