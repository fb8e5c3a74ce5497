/**
 * The HTTP API: workspaces, calls, rows and what belongs to them, without a socket. {@code docs/openapi.yaml} describes every route.
 */
@NullMarked
package io.skein.edge.api;

import org.jspecify.annotations.NullMarked;
