/** What clients with the npm package spacetimedb see of a server. */
@NullMarked
package io.skein.edge.sdk;

import org.jspecify.annotations.NullMarked;
