/** Between our rules and `linux.seccomp` of a bundle, both ways. */
export { fromOci } from './from-oci.ts';
export { toOci } from './to-oci.ts';
export type { OciSeccomp } from './oci-words.ts';
