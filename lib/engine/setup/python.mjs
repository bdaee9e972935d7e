// Looks at the Pythons on PATH: which version, has it pip, has it TensorFlow. Nothing is
// imported, so it takes 0.1 s each.
import { parseObject } from './files.mjs';
import { findPrograms, run } from './processes.mjs';

const probe = `
import importlib.util as u, json, os, sys
version = '.'.join(map(str, sys.version_info[:3]))
found = {'executable': sys.executable, 'version': version, 'pip': u.find_spec('pip') is not None}
spec = u.find_spec('tensorflow')
if spec and spec.submodule_search_locations:
    import importlib.metadata as m
    found['folder'] = list(spec.submodule_search_locations)[0]
    for name in ('tensorflow', 'tensorflow-cpu'):
        try:
            found['tensorflow'] = m.version(name)
            break
        except m.PackageNotFoundError:
            pass
print(json.dumps(found))
`;

/**
 * All Python 3 interpreters called python3 or python on PATH, as
 * {executable, version, pip: boolean, folder?: of the package tensorflow, tensorflow?: its version}.
 */
export async function findPythons() {
  const found = new Map();
  for (const program of findPrograms(['python3', 'python'])) {
    // -I: neither the current folder nor PYTHONPATH may stand in for an installed package.
    const { code, stdout } = await run(program, ['-I', '-c', probe], { timeoutS: 20 });
    const python = stdout.split('\n').map(parseObject).find(Boolean);
    if (code !== 0 || typeof python?.executable !== 'string') continue;
    if (!found.has(python.executable)) found.set(python.executable, python);
  }
  return [...found.values()];
}
