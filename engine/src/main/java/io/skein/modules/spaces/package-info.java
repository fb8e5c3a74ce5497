/**
 * Spaces: a root tree and app trees as operations of the npm package {@code reptree} 0.9. Skein keeps the operations and their order; what they make of a
 * tree is worked out by the clients. Also the space's secrets.
 */
@NullMarked
package io.skein.modules.spaces;

import org.jspecify.annotations.NullMarked;
