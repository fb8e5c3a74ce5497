/**
 * Clients of the wire that load, break and check a running server. Nothing here imports the server's classes, except
 * {@code io.skein.load.inprocess}.
 */
@NullMarked
package io.skein.load;

import org.jspecify.annotations.NullMarked;
