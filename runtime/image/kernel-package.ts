/** The package that holds a guest's kernel. */
import type { KernelChoice } from '../../fixtures/images/recipe.ts';
import { TareError } from '../errors.ts';
import { findPackage, resolvePackage, type DebianPackage } from './debian-package.ts';

/**
 * @returns the package that the first choice of which this host's lists know depends on
 * @throws {TareError} 'host' when they know none
 */
export async function kernelPackage(kernels: readonly KernelChoice[], signal: AbortSignal | undefined): Promise<DebianPackage> {
  for (const { package: name } of kernels) {
    const chosen = await findPackage(name, signal);
    const real = chosen?.dependencies.find((dependency) => /^linux-image-(unsigned-)?\d/.test(dependency));
    if (real !== undefined) return resolvePackage(real, signal);
  }
  throw new TareError('host', `the package lists of this host have no guest kernel (looked for ${kernels.map((kernel) => kernel.package).join(', ')})`, 'run: apt-get update');
}

/** `6.1.0-56-cloud-amd64`. */
export function releaseOf({ name }: Pick<DebianPackage, 'name'>): string {
  return name.replace(/^linux-image-(unsigned-)?/, '');
}
