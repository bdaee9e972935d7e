// How this Node loads lib/*.ts. From 22.18 on by itself; before that through tsx, with "-C import" because tsx turns
// lib/ into CommonJS, which cannot see packages that export only an "import" condition, such as nifti-reader-js.
// tsx is not used where Node can do it: on Node 22 and 24 it breaks require('punycode/') inside jsdom.
import { heapMb } from './heap.mjs';

const types = process.features.typescript
  ? ['--disable-warning=ExperimentalWarning']
  : ['-C', 'import', '--import', import.meta.resolve('tsx')];

export const flags = [`--max-old-space-size=${heapMb()}`, ...types];
