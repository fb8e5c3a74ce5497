// Spaces of replicated trees, for programs that use the npm package `reptree` 0.9: Skein as a layer that keeps a space's operations, a local store as another, and several at once.

export { LocalSpace } from './spaces/local.js';
export { OpRanges, byId, withoutTransients } from './spaces/ops.js';
export { SkeinSpace } from './spaces/remote.js';
export { SpaceLayers } from './spaces/layers.js';
