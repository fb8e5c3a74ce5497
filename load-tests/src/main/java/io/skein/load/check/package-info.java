/** Whether every member heard every acknowledged update of its room exactly once and in order. Pure: no socket, no clock. */
@NullMarked
package io.skein.load.check;

import org.jspecify.annotations.NullMarked;
