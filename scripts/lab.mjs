// `npm run lab`: the notebooks in JupyterLab or Jupyter Notebook, with the project's own TypeScript kernel.
import fs from 'node:fs';
import path from 'node:path';
import { findProgram, findPrograms, inProject, Problem, root, run, runMain } from './common.mjs';
import { installKernel } from './install-kernel.mjs';
import { checkNode } from './node-version.mjs';
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

/** Any signal ends Jupyter as SIGTERM does: with its kernels, which SIGINT and SIGHUP would leave behind. */
function stopByTerm(child) {
  const kill = child.kill.bind(child);
  child.kill = (signal) => kill(signal === 'SIGKILL' ? signal : 'SIGTERM');
}

checkNode();
runMain(async () => {
  console.log(`Engine: ${await prepare()}`);
  await installKernel();
  const jupyter = await findJupyter();
  if (!jupyter) {
    throw new Problem(
      'Expected JupyterLab or Jupyter Notebook, found neither; this command installs it into the project, ' +
        'then start again:\n' +
        `  python3 -m venv ${environment} && ${environment}/bin/pip install jupyterlab`,
    );
  }
  const [program, args] = jupyter;
  const jupyterPath = [inProject('.jupyter'), process.env.JUPYTER_PATH].filter(Boolean).join(path.delimiter);
  // Arguments after "npm run lab --" go to Jupyter; its own group keeps the terminal's Ctrl-C from it, which comes
  // through us.
  const { code } = await run(program, [...args, ...process.argv.slice(2), inProject('notebooks')], {
    show: true,
    cwd: root,
    detached: process.platform !== 'win32',
    env: { ...process.env, JUPYTER_PATH: jupyterPath },
    onStart: stopByTerm,
  });
  return code;
});
