@NullMarked
package io.skein.engine.relay;

import org.jspecify.annotations.NullMarked;
