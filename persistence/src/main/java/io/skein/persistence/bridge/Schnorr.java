package io.skein.persistence.bridge;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/**
 * Signatures of BIP-340 over secp256k1, as Nostr has them. The curve's arithmetic is BouncyCastle's; this puts it together as the BIP says. Keys, messages and
 * nonces are 32 bytes, signatures 64.
 */
final class Schnorr {
    static final int BYTES = 32;
    private static final X9ECParameters SECP256K1 = CustomNamedCurves.getByName("secp256k1");
    private static final ECCurve CURVE = SECP256K1.getCurve();
    private static final BigInteger ORDER = SECP256K1.getN();
    private static final BigInteger FIELD = CURVE.getField().getCharacteristic();
    private static final BigInteger SEVEN = BigInteger.valueOf(7);

    private Schnorr() {}

    /**
     * The public key of a private one.
     *
     * @throws IllegalArgumentException if this is no private key
     */
    static byte[] publicKey(byte[] secret) {
        return x(timesG(scalar(secret)));
    }

    /**
     * @param random fresh randomness; without it a signature is as good, and easier to attack by measuring
     * @throws IllegalArgumentException if {@code secret} is no private key
     */
    static byte[] sign(byte[] secret, byte[] message, byte[] random) {
        BigInteger given = scalar(secret);
        ECPoint point = timesG(given);
        byte[] publicKey = x(point);
        BigInteger key = isEven(point) ? given : ORDER.subtract(given);
        byte[] masked = xor(bytes(key), tagged("BIP0340/aux", random));
        BigInteger drawn =
                number(tagged("BIP0340/nonce", masked, publicKey, message)).mod(ORDER);
        if (drawn.signum() == 0) {
            throw new IllegalStateException("a nonce of zero: this does not happen");
        }
        ECPoint commitment = timesG(drawn);
        BigInteger nonce = isEven(commitment) ? drawn : ORDER.subtract(drawn);
        byte[] left = x(commitment);
        BigInteger challenge =
                number(tagged("BIP0340/challenge", left, publicKey, message)).mod(ORDER);
        byte[] right = bytes(nonce.add(challenge.multiply(key)).mod(ORDER));
        byte[] signature = concat(left, right);
        if (!verify(publicKey, message, signature)) {
            throw new IllegalStateException("a signature that does not hold must not leave");
        }
        return signature;
    }

    static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        Optional<ECPoint> key = lift(publicKey);
        if (key.isEmpty() || signature.length != 2 * BYTES) {
            return false;
        }
        byte[] left = Arrays.copyOf(signature, BYTES);
        BigInteger right = number(Arrays.copyOfRange(signature, BYTES, 2 * BYTES));
        if (number(left).compareTo(FIELD) >= 0 || right.compareTo(ORDER) >= 0) {
            return false;
        }
        BigInteger challenge =
                number(tagged("BIP0340/challenge", left, publicKey, message)).mod(ORDER);
        ECPoint commitment = ECAlgorithms.sumOfTwoMultiplies(
                        SECP256K1.getG(), right, key.get(), ORDER.subtract(challenge))
                .normalize();
        return !commitment.isInfinity() && isEven(commitment) && Arrays.equals(x(commitment), left);
    }

    /** The point with this x and an even y. */
    private static Optional<ECPoint> lift(byte[] x) {
        BigInteger number = number(x);
        if (x.length != BYTES || number.compareTo(FIELD) >= 0) {
            return Optional.empty();
        }
        BigInteger square =
                number.modPow(BigInteger.valueOf(3), FIELD).add(SEVEN).mod(FIELD);
        BigInteger root = square.modPow(FIELD.add(BigInteger.ONE).shiftRight(2), FIELD);
        if (!root.modPow(BigInteger.TWO, FIELD).equals(square)) {
            return Optional.empty();
        }
        return Optional.of(CURVE.createPoint(number, root.testBit(0) ? FIELD.subtract(root) : root));
    }

    private static BigInteger scalar(byte[] secret) {
        BigInteger scalar = number(secret);
        if (secret.length != BYTES || scalar.signum() == 0 || scalar.compareTo(ORDER) >= 0) {
            throw new IllegalArgumentException("a private key is a number of 32 bytes, from 1 to the curve's order");
        }
        return scalar;
    }

    private static ECPoint timesG(BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(SECP256K1.getG(), scalar).normalize();
    }

    private static boolean isEven(ECPoint point) {
        return !point.getAffineYCoord().toBigInteger().testBit(0);
    }

    private static byte[] x(ECPoint point) {
        return bytes(point.getAffineXCoord().toBigInteger());
    }

    private static BigInteger number(byte[] bytes) {
        return new BigInteger(1, bytes);
    }

    private static byte[] bytes(BigInteger number) {
        return BigIntegers.asUnsignedByteArray(BYTES, number);
    }

    private static byte[] xor(byte[] left, byte[] right) {
        byte[] result = left.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= right[i];
        }
        return result;
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    private static byte[] tagged(String tag, byte[]... parts) {
        byte[] name = sha256(tag.getBytes(StandardCharsets.US_ASCII));
        var all = new byte[parts.length + 2][];
        all[0] = name;
        all[1] = name;
        System.arraycopy(parts, 0, all, 2, parts.length);
        return sha256(all);
    }

    static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
