/** `file:` addresses as paths of the disk in memory. */
export const fileURLToPath = (url: URL | string): string => decodeURIComponent(new URL(url).pathname);
