package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeyTest {
    private static KeyPair pair(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static String pem(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }

    /** RFC 5915, as {@code openssl ecparam -genkey} writes it: version, 32 bytes of key, the curve, the public point. */
    private static byte[] sec1(ECKey key) {
        return ByteBuffer.allocate(121)
                .put(HexFormat.of().parseHex("30770201010420"))
                .put(key.getD().decode())
                .put(HexFormat.of().parseHex("a00a06082a8648ce3d030107a14403420004"))
                .put(key.getX().decode())
                .put(key.getY().decode())
                .array();
    }

    @Test
    void a_key_is_read_from_PEM_with_or_without_its_public_half() throws Exception {
        KeyPair pair = pair("secp256r1");
        SigningKey pkcs8 = SigningKey.parse(
                "some text before\n" + pem("PRIVATE KEY", pair.getPrivate().getEncoded()) + "and after");
        assertEquals(pair.getPublic(), pkcs8.jwk().toECPublicKey());
        SigningKey sec1 = SigningKey.parse(pem("EC PRIVATE KEY", sec1(pkcs8.jwk())));
        assertEquals(pkcs8.jwk(), sec1.jwk());
    }

    @Test
    void a_key_is_read_from_a_JWK_and_named_by_its_thumbprint() throws Exception {
        SigningKey key = SigningKey.generate();
        SigningKey same = SigningKey.parse(
                new ECKey.Builder(key.jwk()).keyID("other").build().toJSONString());
        assertEquals(key.id(), same.id());
        assertEquals(key.jwk().toPublicJWK().computeThumbprint().toString(), same.id());
        assertEquals(List.of(key.derive("a").getEncoded().length), List.of(32));
        assertEquals(
                Base64.getEncoder().encodeToString(key.derive("a").getEncoded()),
                Base64.getEncoder().encodeToString(same.derive("a").getEncoded()));
        assertNotEquals(
                Base64.getEncoder().encodeToString(key.derive("a").getEncoded()),
                Base64.getEncoder().encodeToString(key.derive("b").getEncoded()));
    }

    @Test
    void the_public_half_is_computed_right() throws Exception {
        for (int i = 0; i < 20; i++) {
            KeyPair pair = pair("secp256r1");
            ECPrivateKey secret = (ECPrivateKey) pair.getPrivate();
            assertEquals(((ECPublicKey) pair.getPublic()).getW(), P256.publicPoint(secret.getS()));
        }
    }

    @Test
    void what_is_no_key_of_P_256_is_refused_without_being_repeated() throws Exception {
        String p384 = pem("PRIVATE KEY", pair("secp384r1").getPrivate().getEncoded());
        ECKey one = SigningKey.generate().jwk();
        ECKey two = SigningKey.generate().jwk();
        String halves = new ECKey.Builder(Curve.P_256, one.getX(), one.getY())
                .d(two.getD())
                .build()
                .toJSONString();
        List<String> wrong = List.of(
                "",
                "hunter2",
                "{}",
                "{\"kty\":\"EC\"}",
                p384,
                halves,
                one.toPublicJWK().toJSONString(),
                "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----");
        for (String secret : wrong) {
            IllegalArgumentException thrown =
                    assertThrows(IllegalArgumentException.class, () -> SigningKey.parse(secret), secret);
            assertFalse(String.valueOf(thrown.getMessage()).contains("hunter2"));
        }
    }

    @Test
    void the_data_directory_keeps_one_key_for_its_owner(@TempDir Path parent) throws Exception {
        Path directory = parent.resolve("data");
        try (var executor = Executors.newFixedThreadPool(8)) {
            List<CompletableFuture<String>> ids = IntStream.range(0, 8)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(() -> idIn(directory), executor))
                    .toList();
            String id = idIn(directory);
            for (var other : ids) assertEquals(id, other.join());
        }
        Path file = directory.resolve(KeyFile.NAME);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    private static String idIn(Path directory) {
        try {
            return KeyFile.loadOrCreate(directory).id();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
