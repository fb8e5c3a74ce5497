/** What a node counts and measures, in the formats that metrics systems read. */
@NullMarked
package io.skein.edge.metrics;

import org.jspecify.annotations.NullMarked;
