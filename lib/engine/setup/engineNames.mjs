// The engines by name, for programs that run before anything is installed too.

/** Every engine. */
export const engineNames = ['tensorflow', 'wasm', 'cpu', 'webgpu'];

/** What AXUNET_ENGINE can say: one of them, or `auto` for the fastest that starts. */
export const engineChoices = ['auto', ...engineNames];

/** What `auto` tries, in this order. WebGPU is not among them until it has been timed on graphics cards. */
export const autoEngines = ['tensorflow', 'wasm', 'cpu'];
