/** What an author of a module writes against, and what the engine makes of it. */
@NullMarked
package io.skein.engine.module;

import org.jspecify.annotations.NullMarked;
