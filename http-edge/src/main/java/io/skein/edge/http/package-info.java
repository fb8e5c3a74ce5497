/**
 * HTTP/1.1 and WebSocket on one port: limits, routes, problem documents, streams. Knows nothing of workspaces; what a route or a
 * socket does is its handler's business.
 */
@NullMarked
package io.skein.edge.http;

import org.jspecify.annotations.NullMarked;
