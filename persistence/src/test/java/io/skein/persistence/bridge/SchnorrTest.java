package io.skein.persistence.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of BIP-340, and what must not hold. */
class SchnorrTest {
    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] random(Random random) {
        byte[] bytes = new byte[Schnorr.BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "0000000000000000000000000000000000000000000000000000000000000003,"
                + "F9308A019258C31049344F85F89D5229B531C845836F99B08601F113BCE036F9,"
                + "0000000000000000000000000000000000000000000000000000000000000000,"
                + "0000000000000000000000000000000000000000000000000000000000000000,"
                + "E907831F80848D1069A5371B402410364BDF1C5F8307B0084C55F1CE2DCA8215"
                + "25F66A4A85EA8B71E482A74F382D2CE5EBEEE8FDB2172F477DF4900D310536C0",
        "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF,"
                + "DFF1D77F2A671C5F36183726DB2341BE58FEAE1DA2DECED843240F7B502BA659,"
                + "0000000000000000000000000000000000000000000000000000000000000001,"
                + "243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89,"
                + "6896BD60EEAE296DB48A229FF71DFE071BDE413E6D43F917DC8DCF8C78DE3341"
                + "8906D11AC976ABCCB20B091292BFF4EA897EFCB639EA871CFA95F6DE339E4B0A",
    })
    void signatures_areThoseOfTheBip(String secret, String key, String random, String message, String signature) {
        assertArrayEquals(bytes(key), Schnorr.publicKey(bytes(secret)));
        assertArrayEquals(bytes(signature), Schnorr.sign(bytes(secret), bytes(message), bytes(random)));
        assertTrue(Schnorr.verify(bytes(key), bytes(message), bytes(signature)));
    }

    @Test
    void aSignatureThatOnlyVerifies_holds() {
        assertTrue(Schnorr.verify(
                bytes("D69C3509BB99E412E68B0FE8544E72837DFA30746D8BE2AA65975F29D22DC7B9"),
                bytes("4DF3C3F68FCC83B27E9D42C90431A72499F17875C81A599B566C9889B9696703"),
                bytes("00000000000000000000003B78CE563F89A0ED9414F5AA28AD0D96D6795F9C63"
                        + "76AFB1548AF603B3EB45C9F8207DEE1060CB71C04E80F593060B07D28308D7F4")));
    }

    @Test
    void anyChangedBit_breaksIt() {
        var random = new Random(5);
        byte[] secret = random(random);
        byte[] message = random(random);
        byte[] key = Schnorr.publicKey(secret);
        byte[] signature = Schnorr.sign(secret, message, random(random));
        for (byte[] part : new byte[][] {key, message, signature}) {
            for (int bit = 0; bit < part.length * 8; bit += 11) {
                part[bit / 8] ^= (byte) (1 << (bit % 8));
                assertFalse(Schnorr.verify(key, message, signature), "bit " + bit);
                part[bit / 8] ^= (byte) (1 << (bit % 8));
            }
        }
        assertTrue(Schnorr.verify(key, message, signature));
    }

    @Test
    void whatIsOutOfRange_isRefused() {
        String order = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141";
        for (String secret : new String[] {"00".repeat(32), order, "FF".repeat(32), "01".repeat(31), "01".repeat(33)}) {
            assertThrows(IllegalArgumentException.class, () -> Schnorr.publicKey(bytes(secret)), secret);
        }
        byte[] key = bytes("DFF1D77F2A671C5F36183726DB2341BE58FEAE1DA2DECED843240F7B502BA659");
        byte[] message = new byte[32];
        String field = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F";
        assertFalse(Schnorr.verify(key, message, bytes(field + "00".repeat(32))));
        assertFalse(Schnorr.verify(key, message, bytes("01".repeat(32) + order)));
        assertFalse(Schnorr.verify(key, message, new byte[63]));
        byte[] notOnTheCurve = bytes("EEFDEA4CDB677750A420FEE807EACF21EB9898AE79B9768766E4FAA04A2D4A34");
        assertFalse(Schnorr.verify(notOnTheCurve, message, bytes("01".repeat(64))));
        assertFalse(Schnorr.verify(bytes(field), message, bytes("01".repeat(64))));
    }

    @Test
    void manyKeys_signWhatHolds() {
        var random = new Random(7);
        int even = 0;
        for (int i = 0; i < 40; i++) {
            byte[] secret = random(random);
            byte[] message = random(random);
            byte[] signature = Schnorr.sign(secret, message, random(random));
            assertEquals(64, signature.length);
            even += Schnorr.verify(Schnorr.publicKey(secret), message, signature) ? 1 : 0;
        }
        assertEquals(40, even);
    }
}
