/** Every engine. */
export const engineNames: readonly ['tensorflow', 'wasm', 'cpu', 'webgpu'];
/** What AXUNET_ENGINE can say: one of them, or `auto` for the fastest that starts. */
export const engineChoices: readonly ['auto', ...typeof engineNames];
/** What `auto` tries, in this order. */
export const autoEngines: readonly ['tensorflow', 'wasm', 'cpu'];
