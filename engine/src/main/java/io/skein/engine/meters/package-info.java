/** What a node counts and measures while it runs, by name. Recording allocates nothing; reading is for whoever shows it. */
@NullMarked
package io.skein.engine.meters;

import org.jspecify.annotations.NullMarked;
