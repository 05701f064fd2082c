/** The packages of an image, layer by layer: each is in the lowest layer that needs it, and in no other. */
import type { LayerRecipe } from '../../fixtures/images/recipe.ts';
import { TareError } from '../errors.ts';
import { fetchPackages, resolveSet } from './debian-package.ts';
import type { Steps } from './steps.ts';

export interface FetchedPackage {
  readonly name: string;
  readonly version: string;
  /** Path of the .deb. */
  readonly deb: string;
}

export class PackageShelf {
  readonly directory: string;
  readonly #steps: Steps;
  readonly #signal: AbortSignal | undefined;
  /** What has been asked for up to now; apt is asked for all of it each time, so that it settles on one set. */
  readonly #asked: string[] = [];
  readonly #taken = new Map<string, string>();
  readonly #filled = new Map<string, readonly FetchedPackage[]>();

  constructor(directory: string, steps: Steps, signal: AbortSignal | undefined) {
    this.directory = directory;
    this.#steps = steps;
    this.#signal = signal;
  }

  /**
   * Layers that are built already, under those to come.
   * @param packages name → version, as a built layer has them
   */
  assume(layers: readonly { readonly recipe: LayerRecipe; readonly packages: Readonly<Record<string, string>> }[]): void {
    for (const { recipe, packages } of layers) {
      for (const entry of recipe.entries) if (entry.is === 'packages') this.#asked.push(...entry.names);
      for (const [name, version] of Object.entries(packages)) this.#taken.set(name, version);
    }
  }

  /** Fetches what the layer unpacks whole. To be called for one layer after the other, lowest first. */
  async fill(layer: LayerRecipe): Promise<void> {
    for (const entry of layer.entries) {
      if (entry.is !== 'packages') continue;
      this.#asked.push(...entry.names);
      const set = await this.#steps.step(`choose the packages of layer ${layer.name}`, () => resolveSet(this.#asked, this.#signal));
      for (const { name, version } of set) {
        const below = this.#taken.get(name);
        if (below !== undefined && below !== version) throw new TareError('host', `layer ${layer.name} needs ${name} ${version}, and below it is ${below}`, 'Debian has published newer packages since: tare image build --force');
      }
      const added = set.filter(({ name }) => !this.#taken.has(name));
      const debs = await this.#steps.step(`fetch ${added.length} packages`, () => fetchPackages(added, this.directory, this.#signal));
      for (const { name, version } of added) this.#taken.set(name, version);
      this.#filled.set(entry.names.join(), added.map(({ name, version }, index) => ({ name, version, deb: debs[index] ?? '' })));
    }
  }

  /** @param names as an entry of a layer that has been filled has them */
  take(names: readonly string[]): readonly FetchedPackage[] {
    const packages = this.#filled.get(names.join());
    if (packages === undefined) throw new TareError('host', `the packages ${names.join(' ')} have not been fetched`, 'this is a fault of tare: please report it');
    return packages;
  }
}
