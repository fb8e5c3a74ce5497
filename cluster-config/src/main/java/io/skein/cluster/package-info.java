/**
 * Settings of a node: one file with every default, one typed record that reads it.
 */
@NullMarked
package io.skein.cluster;

import org.jspecify.annotations.NullMarked;
