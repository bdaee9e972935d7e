/** Which version of this package runs. */
import { fileURLToPath } from '#system/url';
import { readTextSync } from './files.ts';
import { checkShape, object, parseJson, text } from './schema.ts';

/** The version in the package's own `package.json`. Throws a UserError where that is damaged. */
export function packageVersion(): string {
  const [file, what] = [fileURLToPath(new URL('../package.json', import.meta.url)), "axunet's package.json"];
  return checkShape(parseJson(readTextSync(file, what), file), object({ version: text }), file, what).version;
}
