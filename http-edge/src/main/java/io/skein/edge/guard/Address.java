package io.skein.edge.guard;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where somebody comes from, as far as it is limited: an address of IPv4, or the network of one of IPv6. One customer has 2^64 addresses of those, so
 * each by itself would be no limit.
 */
public record Address(String text) {
    /** Of a connection that is gone before anybody could ask. */
    public static final Address UNKNOWN = new Address("unknown");

    private static final int NETWORK_BYTES = 8;

    public static Address of(InetAddress address) {
        if (address instanceof Inet4Address) {
            return new Address(address.getHostAddress());
        }
        byte[] network = Arrays.copyOf(address.getAddress(), 2 * NETWORK_BYTES);
        Arrays.fill(network, NETWORK_BYTES, network.length, (byte) 0);
        try {
            return new Address(InetAddress.getByAddress(network).getHostAddress() + "/64");
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
