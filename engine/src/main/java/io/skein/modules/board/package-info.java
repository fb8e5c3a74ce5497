/** The readable example: a board of cards. */
@NullMarked
package io.skein.modules.board;

import org.jspecify.annotations.NullMarked;
