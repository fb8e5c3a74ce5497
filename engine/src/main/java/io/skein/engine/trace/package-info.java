/** Spans of calls for OpenTelemetry, from the edge to the journal and back. */
@NullMarked
package io.skein.engine.trace;

import org.jspecify.annotations.NullMarked;
