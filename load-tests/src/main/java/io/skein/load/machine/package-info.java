/** Processes, processor time and PostgreSQL of the machine a scenario runs on. */
@NullMarked
package io.skein.load.machine;

import org.jspecify.annotations.NullMarked;
