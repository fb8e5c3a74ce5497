package io.skein.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The P-256 key that Skein signs with. All nodes of a cluster have the same one. Its id is the key's RFC 7638 thumbprint.
 */
public final class SigningKey {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (EC |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (EC |)PRIVATE KEY-----");

    /** DER of PKCS #8 around a SEC 1 key of P-256, up to the length of the key itself. */
    private static final byte[] EC_P256 = HexFormat.of().parseHex("020100301306072a8648ce3d020106082a8648ce3d030107");

    private final ECKey key;

    private SigningKey(ECKey key) {
        this.key = key;
    }

    /** A new key. */
    public static SigningKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return checked((ECPublicKey) pair.getPublic(), (ECPrivateKey) pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    /**
     * Reads a private key of P-256: a JWK in JSON, or PEM as PKCS #8 ({@code BEGIN PRIVATE KEY}) or SEC 1
     * ({@code BEGIN EC PRIVATE KEY}).
     *
     * @throws IllegalArgumentException if it is none; the message does not repeat the secret
     */
    public static SigningKey parse(String secret) {
        String text = secret.strip();
        try {
            if (text.startsWith("{")) return checked(ECKey.parse(text));
            Matcher pem = PEM.matcher(text);
            if (!pem.find())
                throw new IllegalArgumentException("the signing key is neither a JWK nor a PEM private key");
            byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
            return fromPkcs8(pem.group(1).isEmpty() ? der : wrapped(der));
        } catch (ParseException | GeneralSecurityException | ClassCastException e) {
            throw new IllegalArgumentException("the signing key is not a private key of P-256", e);
        }
    }

    private static SigningKey fromPkcs8(byte[] der) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("EC");
        ECPrivateKey secret = (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(der));
        ECPoint point = P256.publicPoint(secret.getS());
        ECPublicKey known = (ECPublicKey) factory.generatePublic(new ECPublicKeySpec(point, secret.getParams()));
        return checked(known, secret);
    }

    private static byte[] wrapped(byte[] sec1) {
        byte[] octets = der(0x04, sec1);
        return der(
                0x30,
                ByteBuffer.allocate(EC_P256.length + octets.length)
                        .put(EC_P256)
                        .put(octets)
                        .array());
    }

    private static byte[] der(int tag, byte[] content) {
        int length = content.length;
        byte[] header = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : length < 0x100
                        ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        byte[] all = Arrays.copyOf(header, header.length + length);
        System.arraycopy(content, 0, all, header.length, length);
        return all;
    }

    private static SigningKey checked(ECPublicKey known, ECPrivateKey secret) {
        return checked(new ECKey.Builder(Curve.P_256, known).privateKey(secret).build());
    }

    /** Lets the key sign something and checks it, so that halves that do not belong together are found now and not by users. */
    private static SigningKey checked(ECKey key) {
        if (!key.isPrivate() || !Curve.P_256.equals(key.getCurve())) {
            throw new IllegalArgumentException("the signing key is not a private key of P-256");
        }
        try {
            JWSObject sample = new JWSObject(new JWSHeader(JWSAlgorithm.ES256), new Payload("sample"));
            sample.sign(new ECDSASigner(key));
            if (!sample.verify(new ECDSAVerifier(key))) {
                throw new IllegalArgumentException("the signing key's public half is another key's");
            }
            String id = key.computeThumbprint().toString();
            return new SigningKey(new ECKey.Builder(key)
                    .keyID(id)
                    .algorithm(JWSAlgorithm.ES256)
                    .build());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the signing key cannot sign", e);
        }
    }

    /** The key's id in the header of what it signs. */
    public String id() {
        return key.getKeyID();
    }

    ECKey jwk() {
        return key;
    }

    /** A secret of 256 bits for HMAC that only holders of this key can make: another one for each purpose. */
    public SecretKey derive(String purpose) {
        try {
            Base64URL scalar = key.getD();
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "HmacSHA256",
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(scalar.decode())
                                    .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), 32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 25 has HKDF-SHA256", e);
        }
    }
}
