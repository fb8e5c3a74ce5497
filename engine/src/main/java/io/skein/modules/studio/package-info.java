/** A workflow studio: workspaces with members of their own, workflow graphs, documents, presence. */
@NullMarked
package io.skein.modules.studio;

import org.jspecify.annotations.NullMarked;
