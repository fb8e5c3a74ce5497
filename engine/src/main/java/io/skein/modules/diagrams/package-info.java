/** Diagrams that live in a browser until they are shared, and are brought together by hand. */
@NullMarked
package io.skein.modules.diagrams;

import org.jspecify.annotations.NullMarked;
