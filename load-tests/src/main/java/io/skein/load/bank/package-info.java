/** The benchmark bank: transfers over the unmodified SpacetimeDB SDK, beside a Node server that does them in SQL. */
@NullMarked
package io.skein.load.bank;

import org.jspecify.annotations.NullMarked;
