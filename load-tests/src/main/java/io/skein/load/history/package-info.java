/** What clients and server said during a run, in a file, and the proof that both kept Skein's rules. Pure: no socket, no clock. */
@NullMarked
package io.skein.load.history;

import org.jspecify.annotations.NullMarked;
