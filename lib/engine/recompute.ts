/**
 * Tensors that are made again in the backward pass instead of being kept for it.
 *
 * The output a = ReLU(BN(z)) of a normalisation is needed once more by the gradients of the layers that read it, but
 * it is quickly made from z, which is kept anyway; so are pooled images and 1×1 convolutions. An operation that would
 * save such a tensor asks `keep` what to save and makes the tensor when its gradient needs it. Each of several
 * readers makes its own: they may be far apart, and a tensor shared by them would lie around between. Only gradients
 * taken with `recomputing` work so. Source of the idea: Chen et al. 2016, arXiv 1604.06174.
 */
import { tf } from './engine.ts';
import { after } from './graph/tracing.ts';

/** What is kept of a tensor until the backward pass, and how it comes back from that. */
export interface Kept {
  /** The tensor, or nothing where it will be made again. */
  readonly saved: tf.Tensor[];
  restore(saved: tf.Tensor[], dy: tf.Tensor): tf.Tensor;
}

type Make = (...ingredients: tf.Tensor[]) => tf.Tensor;

/** How to make a tensor again. Its ingredients may have recipes themselves. */
export class Recipe {
  readonly #kept: readonly Kept[];
  readonly #saved: readonly tf.Tensor[][];
  readonly #make: Make;

  constructor(ingredients: readonly tf.Tensor[], make: Make) {
    this.#kept = ingredients.map(keep);
    this.#saved = this.#kept.map(({ saved }) => saved.map((t) => tf.keep(t.clone())));
    this.#make = make;
  }

  /** Makes the tensor; in a graph, after `dy`, which is what puts it into the backward pass. */
  make(dy: tf.Tensor): tf.Tensor {
    return after(dy, () =>
      tf.tidy(() => this.#make(...this.#kept.map((kept, i) => kept.restore([...this.#saved[i]], dy)))),
    );
  }

  /** Lets everything go: for the gradient of the operation that made the tensor, after which nobody needs it. */
  free(): void {
    tf.dispose(this.#saved as tf.Tensor[][]);
  }
}

/** Recipes of the gradient under way, by the tensors that they make. */
let recipes: Map<tf.Tensor, Recipe> | undefined;

/** Runs forward and backward pass `f` with some tensors made again instead of kept. */
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

/** Says how `tensor` can be made again. Returns the recipe, or undefined outside of `recomputing`. */
export function canBeMade(tensor: tf.Tensor, ingredients: readonly tf.Tensor[], make: Make): Recipe | undefined {
  if (!recipes) return undefined;
  const recipe = new Recipe(ingredients, make);
  recipes.set(tensor, recipe);
  return recipe;
}

/** For an input whose values a gradient will need. */
export function keep(input: tf.Tensor): Kept {
  const recipe = recipes?.get(input);
  return recipe ? { saved: [], restore: (_, dy) => recipe.make(dy) } : { saved: [input], restore: (saved) => saved[0] };
}
