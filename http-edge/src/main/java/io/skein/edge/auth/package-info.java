/** Who is calling: Skein's own tokens, the seam for other issuers', the tickets browsers open sockets with, and their routes. */
@NullMarked
package io.skein.edge.auth;

import org.jspecify.annotations.NullMarked;
