/** What a scenario saw: as JSON to be compared, as text for the terminal, and as one page with pictures. */
@NullMarked
package io.skein.load.report;

import org.jspecify.annotations.NullMarked;
