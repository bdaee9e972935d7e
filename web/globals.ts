// What Node gives to every module and a browser does not: bytes with names, and a process that knows nothing.
import { Buffer } from 'buffer';

Object.assign(globalThis, {
  Buffer,
  process: { env: { AXUNET_WEIGHTS: '/axunet/weights', AXUNET_ENGINE: 'wasm' }, pid: 1 },
});
