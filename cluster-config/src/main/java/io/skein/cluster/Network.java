package io.skein.cluster;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of addresses, such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a single address is one of its own.
 *
 * @param address the first one's bytes, 4 or 16
 * @param bits how many of them all have in common
 */
public record Network(List<Byte> address, int bits) {
    public Network {
        address = List.copyOf(address);
    }

    /**
     * Reads an address or a range.
     *
     * @throws IllegalArgumentException if it is neither; names are never looked up
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                .getAddress();
        int most = bytes.length * Byte.SIZE;
        int bits = slash < 0 ? most : Integer.parseInt(text, slash + 1, text.length(), 10);
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("a range has 0 to " + most + " bits");
        }
        return new Network(boxed(bytes), bits);
    }

    /** Whether an address lies in it. One of IPv4 lies in no range of IPv6. */
    public boolean contains(InetAddress other) {
        List<Byte> bytes = boxed(other.getAddress());
        if (bytes.size() != address.size()) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            int at = bit / Byte.SIZE;
            if (((address.get(at) ^ bytes.get(at)) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static List<Byte> boxed(byte[] bytes) {
        var list = new ArrayList<Byte>(bytes.length);
        for (byte one : bytes) {
            list.add(one);
        }
        return list;
    }

    static List<Network> all(Section section, String key) {
        return section.texts(key).stream()
                .map(text -> {
                    try {
                        return parse(text);
                    } catch (IllegalArgumentException e) {
                        throw section.refuse(key, "must be addresses or ranges of them, such as 10.0.0.0/8");
                    }
                })
                .toList();
    }
}
