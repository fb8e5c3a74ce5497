/** What the database keeps of tokens: those that count no more. */
@NullMarked
package io.skein.persistence.auth;

import org.jspecify.annotations.NullMarked;
