/**
 * Updates of Yjs documents as bytes: enough of version 1 of their encoding to check one, to know what it holds, to take out of it what somebody has, and to
 * make one of several. What an update does to a document is worked out by the clients. The encoding is that of {@code yjs} 13.6 and {@code lib0}.
 */
@NullMarked
package io.skein.modules.rooms.yjs;

import org.jspecify.annotations.NullMarked;
