/** Where spans go: OpenTelemetry's SDK, as settings and the standard variables say. */
@NullMarked
package io.skein.edge.tracing;

import org.jspecify.annotations.NullMarked;
