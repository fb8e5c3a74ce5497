package io.skein.persistence.bridge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Keeps couriers out of networks that are nobody's business: the machine itself, its neighbours, the cloud's metadata service. */
final class Addresses {
    private Addresses() {}

    /**
     * Why this may not be spoken to, or empty. Asked before every attempt, as names move; the client asks again a moment later and mostly gets the
     * same answer from the platform's cache, so a name server that is hostile on purpose needs a firewall beside this.
     *
     * @throws UnknownHostException if the name has no address
     */
    static String complaint(URI url, boolean allowPrivate) throws UnknownHostException {
        for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
            if (!allowPrivate && isPrivate(address)) {
                return "%s has the private address %s".formatted(url.getHost(), address.getHostAddress());
            }
        }
        return "";
    }

    static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet4Address
                        ? isSpecial4(address.getAddress())
                        : isSpecial6(address.getAddress()));
    }

    private static boolean isSpecial4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return first == 0 // this network
                || first >= 240 // reserved, broadcast
                || (first == 100 && (second & 0xc0) == 64) // shared by carriers
                || (first == 198 && (second & 0xfe) == 18) // benchmarks
                || (first == 192 && second == 0 && bytes[2] == 0); // protocol assignments
    }

    /** Unique local addresses (fc00::/7), and IPv4 in the clothes of NAT64 (64:ff9b::/32) and 6to4 (2002::/16). */
    private static boolean isSpecial6(byte[] bytes) {
        return (bytes[0] & 0xfe) == 0xfc
                || (bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xff) == 0xff && (bytes[3] & 0xff) == 0x9b)
                || (bytes[0] == 0x20 && bytes[1] == 0x02);
    }
}
