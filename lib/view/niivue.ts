/** NiiVue, which draws bodies: a package that only this needs, and that is not installed with the project. */
import { existsSync } from '#system/fs';
import { expected } from '../errors.ts';
import { readTextSync } from '../io/files.ts';
import { projectPath } from '../settings.ts';

const version = '0.69.0';

/** Its script, which makes `niivue` a name of the page. Throws a UserError that says how to get it. */
export function niivueScript(): string {
  const file = projectPath('node_modules', '@niivue', 'niivue', 'dist', 'niivue.umd.js');
  if (!existsSync(file))
    throw expected(
      `the package @niivue/niivue to draw in space (npm install --no-save --ignore-scripts @niivue/niivue@${version})`,
      'none',
    );
  return readTextSync(file, 'the script of NiiVue').replaceAll('</script', '<\\/script');
}
