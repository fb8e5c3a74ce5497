/** Code for clients, generated from a module's schema. */
@NullMarked
package io.skein.edge.bindings;

import org.jspecify.annotations.NullMarked;
