// Not run: that the operations of the real `reptree` fit.

import { RepTree, type VertexOperation } from 'reptree';
import { connect } from '../../src/index.js';
import { LocalSpace, SkeinSpace, SpaceLayers, type SpaceLayer } from '../../src/spaces.js';
import { MemoryStore } from '../../src/store/memory.js';

const layers: Record<string, SpaceLayer> = { local: new LocalSpace(new MemoryStore()), skein: new SkeinSpace(connect(''), 'w', { peerId: 'p' }) };
const space = new SpaceLayers(layers, { onError: ({ layer, operation }) => `${layer} ${operation}` });
const tree = new RepTree('p', await space.loadSpaceTreeOps());
const more: VertexOperation[] = await space.loadTreeOps('t', tree.getStateVector());
tree.merge(more);
await space.saveTreeOps('t', tree.popLocalOps());
await space.startListening((treeId, ops) => tree.merge(treeId === 't' ? ops : []));
// @ts-expect-error: no secret is a number
await space.saveSecrets({ key: 7 });
