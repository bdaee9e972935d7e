/** Where installed packages lie. What a browser has instead: browser/packages.ts. */
import { createRequire } from 'node:module';

/** The path of a file of a package, such as `name/package.json`. Throws where it is not installed. */
export const packageFile = (name: string): string => createRequire(import.meta.url).resolve(name);
