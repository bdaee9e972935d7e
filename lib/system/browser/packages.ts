/** A page has no packages beside it. */
export function packageFile(name: string): never {
  throw new Error(`no ${name} in a browser`);
}
