/**
 * The SpacetimeDB wire, versions 2 and 3: its clients connect to a workspace as they would to a database of that name. {@code
 * docs/spacetime-wire.md} says what is there. A message comes in through {@code RequestReader} and {@code SpacetimeSession}; what goes out
 * is made by {@code SpacetimeFormat}, once for all sessions of a view, and by {@code SpacetimeReplies}, for one.
 */
@org.jspecify.annotations.NullMarked
package io.skein.edge.spacetime;
