/** The engine webgpu, which brings its own WebGPU to Node. */
export { startWebgpu } from '../webgpu/start.ts';
