/** The scenario presence-churn: people who come and go in one room, and what everybody else hears of it, in Skein and in what one would take instead. */
@NullMarked
package io.skein.load.presence;

import org.jspecify.annotations.NullMarked;
