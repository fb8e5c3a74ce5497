/** {@code skein doctor}: does a server really serve? */
@NullMarked
package io.skein.edge.command.doctor;

import org.jspecify.annotations.NullMarked;
