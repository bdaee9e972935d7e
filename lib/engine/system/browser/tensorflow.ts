/** A browser has no TensorFlow. */
import { UserError } from '../../errors.ts';

export async function loadTensorflow(): Promise<void> {
  throw new UserError('Expected TensorFlow, found a browser');
}
export const loadGraphBinding = (): unknown => undefined;
