/** Files and folders, waited for. What a browser has instead: browser/fsPromises.ts. */
export {
  access,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
