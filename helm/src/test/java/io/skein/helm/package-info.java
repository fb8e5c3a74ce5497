/** What the chart and the image promise, tested with Helm itself, an API server of the tests' own, and real nodes. */
@NullMarked
package io.skein.helm;

import org.jspecify.annotations.NullMarked;
