/** Documents that belong to who saves them, with history. */
@NullMarked
package io.skein.modules.documents;

import org.jspecify.annotations.NullMarked;
