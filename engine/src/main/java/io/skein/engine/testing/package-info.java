/** For authors of modules: run a module in a plain unit test, without actors and without a database. */
@NullMarked
package io.skein.engine.testing;

import org.jspecify.annotations.NullMarked;
