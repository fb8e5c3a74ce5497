/** Many sessions that mostly listen: what each costs, and what happens when all are cut at once or some stop reading. */
@NullMarked
package io.skein.load.sessions;

import org.jspecify.annotations.NullMarked;
