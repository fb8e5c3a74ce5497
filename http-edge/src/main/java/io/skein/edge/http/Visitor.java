package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.skein.edge.guard.Address;
import io.skein.edge.guard.Guard;
import io.skein.edge.guard.Proxies;
import io.skein.engine.module.Refusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and the place that they have at the guard. Who calls by themselves has one for the connection. A proxy's
 * connection carries requests of many: each has a place until it is answered, and where it becomes a socket, until that is closed. Belongs to
 * the event loop.
 */
final class Visitor {
    private final Guard guard;
    private final Proxies proxies;
    /** Null: it does not call for others. */
    private final @Nullable InetAddress proxy;

    private Address address;
    private boolean inside;

    private Visitor(Guard guard, Proxies proxies, @Nullable InetAddress proxy, Address address) {
        this.guard = guard;
        this.proxies = proxies;
        this.proxy = proxy;
        this.address = address;
    }

    static Visitor of(Channel channel, Gate gate) {
        Guard guard = gate.guard();
        Proxies proxies = gate.proxies();
        if (channel.remoteAddress() instanceof InetSocketAddress remote) {
            InetAddress peer = remote.getAddress();
            return new Visitor(guard, proxies, proxies.trust(peer) ? peer : null, Address.of(peer));
        }
        return new Visitor(guard, proxies, null, Address.UNKNOWN);
    }

    /** Whose the request at hand is. */
    Address address() {
        return address;
    }

    /** The connection is there; why it may not stay. */
    Optional<Refusal> connects() {
        return proxy == null ? enter() : Optional.empty();
    }

    /** A request is there; why it is not answered. */
    Optional<Refusal> asks(HttpRequest head) {
        if (proxy == null) return Optional.empty();
        address = proxies.client(proxy, head.headers().getAll(proxies.headerName()));
        return enter();
    }

    /** The request is answered. */
    void answered() {
        if (proxy != null) gone();
    }

    /** The connection is closed. */
    void gone() {
        if (inside) guard.disconnected(address);
        inside = false;
    }

    private Optional<Refusal> enter() {
        Optional<Refusal> refusal = guard.connected(address);
        inside = refusal.isEmpty();
        return refusal;
    }
}
