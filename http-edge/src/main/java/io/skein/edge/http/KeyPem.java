package io.skein.edge.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key and the certificate that belongs to it.
 *
 * @param chain the server's own first, then those of who signed it
 */
record KeyPem(PrivateKey key, List<X509Certificate> chain) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final byte[] PROBE = "does this key belong to this certificate?".getBytes(StandardCharsets.UTF_8);

    KeyPem {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both in PEM.
     *
     * @throws GeneralSecurityException if one of them is not that, or they are not of a pair, as they may be for a moment while they are renewed
     */
    static KeyPem read(byte[] key, byte[] certificate) throws GeneralSecurityException {
        List<X509Certificate> chain =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(certificate))
                        .stream()
                        .map(X509Certificate.class::cast)
                        .toList();
        if (chain.isEmpty()) throw new CertificateException("there is no certificate in PEM");
        Matcher pem = KEY.matcher(new String(key, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new GeneralSecurityException(
                    "the key is none in PEM as PKCS #8 without a password (BEGIN PRIVATE KEY)");
        }
        PublicKey shown = chain.getFirst().getPublicKey();
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.group(1));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the key is not base64", e);
        }
        PrivateKey kept = KeyFactory.getInstance(shown.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
        requirePair(kept, shown);
        return new KeyPem(kept, chain);
    }

    private static void requirePair(PrivateKey kept, PublicKey shown) throws GeneralSecurityException {
        String algorithm = switch (shown.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> shown.getAlgorithm();
        };
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(kept);
        signer.update(PROBE);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(shown);
        verifier.update(PROBE);
        if (!verifier.verify(signature)) throw new GeneralSecurityException("the key is not the certificate's");
    }
}
