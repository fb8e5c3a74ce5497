/** The systems under load: how each is started, and what travels on the socket of a member. */
@NullMarked
package io.skein.load.peer;

import org.jspecify.annotations.NullMarked;
