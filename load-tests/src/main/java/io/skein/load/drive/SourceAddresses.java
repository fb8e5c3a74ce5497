package io.skein.load.drive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where connections come from: addresses of loopback in turn, for one address has some 28,000 ports towards one server (the default of
 * {@code net.ipv4.ip_local_port_range}).
 */
public final class SourceAddresses {
    private static final int ADDRESSES = 16;

    private int next;

    /** The next one, with any port. */
    public InetSocketAddress next() {
        try {
            next = (next + 1) % ADDRESSES;
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + next)}), 0);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
