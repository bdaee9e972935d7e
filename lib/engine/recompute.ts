/**
 * Tensors that are made again in the backward pass instead of being kept for it.
 *
 * The output a = ReLU(BN(z)) of a normalisation is needed once more by the gradients of the layers that read it, but it is quickly
 * made from z, which is kept anyway. An operation that would save such a tensor asks `keep` what to save; in the
 * backward pass the first one that needs `a` makes it, the others share it, and the normalisation's own gradient, which
 * comes last, frees it. Only gradients taken with `recomputing` work so. Source of the idea: Chen et al. 2016, arXiv 1604.06174.
 */
import { tf } from './engine.ts';
import { after } from './graph/trace.ts';

/** How to make a tensor again. */
export class Recipe {
  readonly #ingredients: tf.Tensor[];
  readonly #make: (...ingredients: tf.Tensor[]) => tf.Tensor;
  #made?: tf.Tensor;

  constructor(ingredients: readonly tf.Tensor[], make: (...ingredients: tf.Tensor[]) => tf.Tensor) {
    this.#ingredients = ingredients.map((t) => tf.keep(t.clone()));
    this.#make = make;
  }

  /** The tensor; in a graph it is made after `dy`, which is what puts it into the backward pass. */
  get(dy: tf.Tensor): tf.Tensor {
    this.#made ??= after(dy, () => tf.keep(this.#make(...this.#ingredients)));
    return this.#made;
  }

  free(): void {
    tf.dispose([...this.#ingredients, ...(this.#made ? [this.#made] : [])]);
  }
}

/** Recipes of the gradient under way, by the tensors that they make. */
let recipes: Map<tf.Tensor, Recipe> | undefined;

/** Runs forward and backward pass `f` with outputs of normalisations made again instead of kept. */
export function recomputing<T>(f: () => T): T {
  const before = recipes;
  recipes = new Map();
  try {
    return f();
  } finally {
    for (const recipe of recipes.values()) recipe.free();
    recipes = before;
  }
}

/** Says how `tensor` can be made again. Without effect outside of `recomputing`. */
export function canBeMade(tensor: tf.Tensor, ingredients: readonly tf.Tensor[], make: (...ingredients: tf.Tensor[]) => tf.Tensor): void {
  recipes?.set(tensor, new Recipe(ingredients, make));
}

/** What an operation saves of an input, and how its gradient gets the input back from what it saved. */
export interface Kept {
  readonly saved: tf.Tensor[];
  restore(saved: tf.Tensor[], dy: tf.Tensor): tf.Tensor;
}

/** For an input whose values the gradient needs; `saved` has one tensor, or none where it will be made again. */
export function keep(input: tf.Tensor): Kept {
  const recipe = recipes?.get(input);
  return recipe ? { saved: [], restore: (_, dy) => recipe.get(dy) } : { saved: [input], restore: (saved) => saved[0] };
}

const joined = new WeakMap<tf.Tensor, readonly tf.Tensor4D[]>();

/** The images one after the other along the channels; `partsOf` tells an operation that can do without what they were. */
export function join(images: readonly tf.Tensor4D[]): tf.Tensor4D {
  const whole = tf.concat([...images], 3);
  joined.set(whole, images);
  return whole;
}

/** The images that were joined, or the image alone. */
export const partsOf = (image: tf.Tensor4D): readonly tf.Tensor4D[] => joined.get(image) ?? [image];
