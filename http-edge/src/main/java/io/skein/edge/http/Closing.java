package io.skein.edge.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back what can no longer matter to an answer. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.warn("closing {} failed", closeable, e);
        }
    }
}
