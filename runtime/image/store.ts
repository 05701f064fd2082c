/** Where built things are kept. All of it can be removed at any time; `make setup` builds it again. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const fixturesDirectory = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export interface Store {
  readonly directory: string;
  /** One folder an image: `tiny-<first 12 digits of its recipe's digest>`. */
  readonly images: string;
  /** One folder a guest kernel: `<release>-<first 12 digits of its digest>`. Images share them. */
  readonly kernels: string;
  /** Debian packages as downloaded. */
  readonly packages: string;
}

export interface StoreOptions {
  /** Holds images and kernels; default `fixtures/.built`. */
  readonly directory?: string | undefined;
  /** Holds downloaded packages; default `packages` in the former. */
  readonly cacheDirectory?: string | undefined;
}

export function openStore(options: StoreOptions = {}): Store {
  const directory = options.directory ?? join(fixturesDirectory, '.built');
  return {
    directory,
    images: join(directory, 'images'),
    kernels: join(directory, 'kernels'),
    packages: options.cacheDirectory ?? join(directory, 'packages'),
  };
}

/** Begins the name of what is being made. Nothing under such a name is ever used; it is renamed when whole. */
export const PARTIAL = 'partial-';

/** The remedy for an image that is damaged. */
export function rebuild(image: string): string {
  return `build it anew: tare image build ${image} --force`;
}
