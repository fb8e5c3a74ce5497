/** Benchmarks of the engine without sockets; the only package of the load tests that knows the engine's classes. */
@NullMarked
package io.skein.load.inprocess;

import org.jspecify.annotations.NullMarked;
