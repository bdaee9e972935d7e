/** A page computes with WebAssembly; the card of a browser is not asked for. */
import { UserError } from '../../errors.ts';

export async function startWebgpu(): Promise<string> {
  throw new UserError('Expected the engine wasm in a browser, found webgpu');
}
