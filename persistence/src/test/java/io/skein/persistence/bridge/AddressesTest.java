package io.skein.persistence.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,true",
        "127.9.9.9,true",
        "0.0.0.0,true",
        "0.1.2.3,true",
        "10.1.2.3,true",
        "172.16.0.1,true",
        "172.32.0.1,false",
        "192.168.1.1,true",
        "169.254.169.254,true",
        "100.64.0.1,true",
        "100.127.1.1,true",
        "100.128.0.1,false",
        "198.18.0.1,true",
        "224.0.0.1,true",
        "255.255.255.255,true",
        "8.8.8.8,false",
        "192.0.0.8,true",
        "::1,true",
        "::,true",
        "fe80::1,true",
        "fc00::1,true",
        "fd12:3456::1,true",
        "ff02::1,true",
        "2001:4860:4860::8888,false",
        "::ffff:10.0.0.1,true",
        "64:ff9b::a00:1,true",
        "2002:a00:1::1,true",
    })
    void B1_privateAddresses_areKnown(String address, boolean isPrivate) throws UnknownHostException {
        assertEquals(isPrivate, Addresses.isPrivate(InetAddress.getByName(address)));
    }

    @Test
    void B1_aNameIsWhatItsAddressesAre() throws UnknownHostException {
        assertEquals("", Addresses.complaint(URI.create("http://127.0.0.1/"), true));
        assertEquals("", Addresses.complaint(URI.create("http://8.8.8.8/"), false));
        assertEquals(
                "[::1] has the private address 0:0:0:0:0:0:0:1",
                Addresses.complaint(URI.create("http://[::1]/"), false));
    }
}
