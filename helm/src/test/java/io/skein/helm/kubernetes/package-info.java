/** As much of a Kubernetes API server as Helm, Pekko and nodes need: a real HTTPS server with objects, versions, conflicts, watches and rights. */
@NullMarked
package io.skein.helm.kubernetes;

import org.jspecify.annotations.NullMarked;
