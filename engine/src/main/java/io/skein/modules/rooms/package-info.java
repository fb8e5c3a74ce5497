/** Rooms: Yjs documents, edited together by unmodified clients of Hocuspocus and y-websocket. */
@NullMarked
package io.skein.modules.rooms;

import org.jspecify.annotations.NullMarked;
