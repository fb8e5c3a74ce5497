/** A cluster that is broken on purpose while clients work, and the record of what they were told. */
@NullMarked
package io.skein.load.nemesis;

import org.jspecify.annotations.NullMarked;
