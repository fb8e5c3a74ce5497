/** What a node that runs as a pod asks Kubernetes and tells it, beyond what Pekko does. */
@NullMarked
package io.skein.cluster.kubernetes;

import org.jspecify.annotations.NullMarked;
