/** A bank: accounts and transfers between them, as SpacetimeDB's public benchmark has them. */
@NullMarked
package io.skein.modules.bank;

import org.jspecify.annotations.NullMarked;
