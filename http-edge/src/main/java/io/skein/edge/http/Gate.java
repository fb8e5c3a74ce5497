package io.skein.edge.http;

import io.skein.edge.guard.Guard;
import io.skein.edge.guard.Proxies;
import java.util.Optional;

/**
 * What stands between a server and the world.
 *
 * @param guard how much one address may have
 * @param proxies whose word on addresses counts
 * @param tls empty: clients speak in the clear
 */
public record Gate(Guard guard, Proxies proxies, Optional<Tls> tls) {
    /** It stands open. */
    static Gate open() {
        return new Gate(Guard.none(), Proxies.NONE, Optional.empty());
    }
}
