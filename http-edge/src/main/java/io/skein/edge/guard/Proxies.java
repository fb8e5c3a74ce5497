package io.skein.edge.guard;

import io.skein.cluster.Network;
import io.skein.cluster.SkeinSettings.ForwardedHeader;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The proxies whose word counts on whom they speak for. Each adds, behind what was there, the address that it was called from. So what stands last
 * was written by the proxy that calls us, and what a client made up stands before all that is true.
 *
 * @param header the one that they write
 */
public record Proxies(List<Network> trusted, ForwardedHeader header) {
    public static final Proxies NONE = new Proxies(List.of(), ForwardedHeader.X_FORWARDED_FOR);

    /** More hops than there are between anybody. */
    private static final int MAX_HOPS = 32;

    private static final String FOR = "for=";

    public Proxies {
        trusted = List.copyOf(trusted);
    }

    public boolean trust(InetAddress peer) {
        return trusted.stream().anyMatch(network -> network.contains(peer));
    }

    /** The header's name, in lower case. */
    public String headerName() {
        return switch (header) {
            case X_FORWARDED_FOR -> "x-forwarded-for";
            case FORWARDED -> "forwarded";
        };
    }

    /**
     * For whom a trusted proxy calls: the last address that is none of a trusted proxy. What cannot be read ends the way back, because who wrote it cannot
     * be known: then it is the proxy behind it that counts as the client.
     *
     * @param headers the values of the header, in their order
     */
    public Address client(InetAddress proxy, List<String> headers) {
        InetAddress known = proxy;
        List<String> hops = hops(headers);
        for (int i = hops.size() - 1; i >= 0 && trust(known); i--) {
            Optional<InetAddress> hop = address(hops.get(i));
            if (hop.isEmpty()) break;
            known = hop.get();
        }
        return Address.of(known);
    }

    private static List<String> hops(List<String> headers) {
        var hops = new ArrayList<String>();
        for (String value : headers) {
            hops.addAll(List.of(value.split(",", -1)));
        }
        return hops.subList(Math.max(0, hops.size() - MAX_HOPS), hops.size());
    }

    private Optional<InetAddress> address(String hop) {
        return switch (header) {
            case X_FORWARDED_FOR -> literal(hop.strip());
            case FORWARDED -> forOf(hop).flatMap(Proxies::literal);
        };
    }

    /** The {@code for} among an element's pairs, without its quotes. */
    private static Optional<String> forOf(String element) {
        for (String pair : element.split(";", -1)) {
            String stripped = pair.strip();
            if (stripped.toLowerCase(Locale.ROOT).startsWith(FOR)) {
                return Optional.of(
                        stripped.substring(FOR.length()).replace("\"", "").strip());
            }
        }
        return Optional.empty();
    }

    /** An address, perhaps with a port; never a name that would have to be looked up. */
    private static Optional<InetAddress> literal(String text) {
        String bare = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            bare = end < 0 ? "" : text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            bare = text.substring(0, text.indexOf(':'));
        }
        try {
            return Optional.of(InetAddress.ofLiteral(bare));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
