package io.skein.edge.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.cluster.Network;
import io.skein.cluster.SkeinSettings.ForwardedHeader;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who a proxy calls for, whatever the client has made up. */
class ProxiesTest {
    private static final InetAddress PROXY = InetAddress.ofLiteral("10.1.2.3");
    private static final List<Network> TRUSTED = List.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8:1::/48"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
        203.0.113.7                          | 203.0.113.7
        198.51.100.1, 203.0.113.7            | 203.0.113.7
        198.51.100.1, 203.0.113.7, 10.9.9.9  | 203.0.113.7
        203.0.113.7:4711                     | 203.0.113.7
        2001:db8:7:8:9:a:b:c                 | 2001:db8:7:8:0:0:0:0/64
        [2001:db8:7:8::1]:443                | 2001:db8:7:8:0:0:0:0/64
        ::ffff:203.0.113.7                   | 203.0.113.7
        10.9.9.9, 2001:db8:1::5              | 10.9.9.9
        198.51.100.1, nonsense, 10.9.9.9     | 10.9.9.9
        198.51.100.1, localhost              | 10.1.2.3
        203.0.113.7,                         | 10.1.2.3
        none                                 | 10.1.2.3
        """)
    void G1_of_x_forwarded_for_the_last_address_that_is_no_proxys_counts(String header, String client) {
        var proxies = new Proxies(TRUSTED, ForwardedHeader.X_FORWARDED_FOR);
        List<String> headers = header == null ? List.of() : List.of(header);
        assertEquals(client, proxies.client(PROXY, headers).text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        for=203.0.113.7;proto=https                      | 203.0.113.7
        for=198.51.100.1, proto=https;For="203.0.113.7"  | 203.0.113.7
        for="[2001:db8:7:8::1]:4711"                     | 2001:db8:7:8:0:0:0:0/64
        for=198.51.100.1, for=10.9.9.9                   | 198.51.100.1
        for=198.51.100.1, for=unknown                    | 10.1.2.3
        for=198.51.100.1, proto=https                    | 10.1.2.3
        """)
    void G1_and_so_of_forwarded(String header, String client) {
        var proxies = new Proxies(TRUSTED, ForwardedHeader.FORWARDED);
        assertEquals(client, proxies.client(PROXY, List.of(header)).text());
    }

    @Test
    void G1_several_headers_are_one_list() {
        var proxies = new Proxies(TRUSTED, ForwardedHeader.X_FORWARDED_FOR);
        assertEquals(
                "203.0.113.7",
                proxies.client(PROXY, List.of("198.51.100.1", "203.0.113.7, 10.1.1.1"))
                        .text());
    }

    @Test
    void G1_a_range_has_the_addresses_that_begin_as_it_does() {
        Network network = Network.parse("192.168.4.0/22");
        assertTrue(network.contains(InetAddress.ofLiteral("192.168.7.255")));
        assertFalse(network.contains(InetAddress.ofLiteral("192.168.8.0")));
        assertFalse(network.contains(InetAddress.ofLiteral("::1")));
        assertTrue(Network.parse("0.0.0.0/0").contains(PROXY));
        assertTrue(Network.parse("10.1.2.3").contains(PROXY));
    }
}
