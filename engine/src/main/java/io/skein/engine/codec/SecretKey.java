package io.skein.engine.codec;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals values with AES-256-GCM. The nonce is no random number but an HMAC of the place and the value, under a key of its own: two values never share one by
 * bad luck or a bad generator, which would undo GCM, and the same value in the same place is the same bytes, so that a row has one encoding. What this
 * tells a reader of the disk: that a row's secret was set again to what it was before.
 */
final class SecretKey {
    static final int BYTES = 32;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final String id;
    private final javax.crypto.SecretKey sealing;
    private final javax.crypto.SecretKey naming;

    SecretKey(String id, byte[] bytes) {
        this.id = id;
        this.sealing = derive(bytes, "skein secret column: AES-256-GCM", "AES");
        this.naming = derive(bytes, "skein secret column: nonce", "HmacSHA256");
    }

    private static javax.crypto.SecretKey derive(byte[] bytes, String purpose, String algorithm) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            algorithm,
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(new SecretKeySpec(bytes, "Generic"))
                                    .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 25 has HKDF-SHA256", e);
        }
    }

    String id() {
        return id;
    }

    /** Nonce, ciphertext, tag. */
    byte[] seal(byte[] place, byte[] plain) {
        try {
            byte[] nonce = nonce(place, plain);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, place, nonce).doFinal(plain);
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM and HMAC-SHA-256", e);
        }
    }

    /**
     * @throws CorruptException if this is not what was sealed in this place
     */
    byte[] open(byte[] place, byte[] sealed) {
        if (sealed.length < NONCE_BYTES) {
            throw new CorruptException("a sealed value of " + sealed.length + " bytes");
        }
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, place, nonce).doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw new CorruptException(
                    "a sealed value is damaged, or was sealed elsewhere or with another key \"" + id + "\"", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    private Cipher cipher(int mode, byte[] place, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place);
        return cipher;
    }

    private byte[] nonce(byte[] place, byte[] plain) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(naming);
        // Its length in front: no other place and value run together to the same bytes.
        mac.update(ByteWriter.collect(out -> out.bytes(place)));
        return Arrays.copyOf(mac.doFinal(plain), NONCE_BYTES);
    }
}
