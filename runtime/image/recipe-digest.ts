/** The key under which a built image is kept: everything it is made from that lies in this repository. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerRecipe, Recipe } from '../../fixtures/images/recipe.ts';
import { sha256 } from './content.ts';
import { fixturesDirectory } from './store.ts';

/** Raised when the builder itself makes something else of the same recipe. */
const BUILDER_VERSION = 2;

/**
 * sha256 over the recipe and the sources it names. Package versions are not in it: which are current is the
 * mirror's word and would need the network on every run. They are recorded in the manifest instead.
 */
export async function recipeDigest(recipe: Recipe): Promise<string> {
  return sha256(JSON.stringify({ builder: BUILDER_VERSION, recipe, sources: await sourcesOf(recipe.layers) }));
}

/** The text of every source of the repository that goes into the layers, in order. */
export async function sourcesOf(layers: readonly LayerRecipe[]): Promise<string[]> {
  const sources: string[] = [];
  for (const layer of layers) {
    for (const entry of layer.entries) {
      if (entry.is !== 'program') continue;
      for (const source of [entry.source, ...(entry.includes ?? [])]) sources.push(await readFile(join(fixturesDirectory, source), 'utf8'));
    }
  }
  return sources;
}
