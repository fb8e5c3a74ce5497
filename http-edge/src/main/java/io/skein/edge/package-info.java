/**
 * The server's outside: HTTP routes, WebSocket sessions, wire codecs and identity.
 */
@NullMarked
package io.skein.edge;

import org.jspecify.annotations.NullMarked;
