/** Nobody's folder: a page has the disk in memory alone. */
export const homedir = (): string => '/';
