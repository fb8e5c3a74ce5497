/** What people try who mean no good: a test for each line of the threat model that is not tested where it belongs anyway. */
@NullMarked
package io.skein.edge.abuse;

import org.jspecify.annotations.NullMarked;
