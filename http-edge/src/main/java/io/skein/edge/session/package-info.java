/** Sessions: the native wire's messages, rows as JSON, and the socket's end of a relay. */
@NullMarked
package io.skein.edge.session;

import org.jspecify.annotations.NullMarked;
