package io.skein.edge.auth;

import java.math.BigInteger;
import java.security.spec.ECPoint;

/**
 * The public point of a private key on the curve P-256. A key in PEM need not carry it and the JDK does not compute it. Runs once
 * at start on our own key, so it is plain and not made against timing.
 */
final class P256 {
    private static final BigInteger P =
            new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
    private static final BigInteger ORDER =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    private static final BigInteger A = P.subtract(BigInteger.valueOf(3));
    private static final ECPoint G = new ECPoint(
            new BigInteger("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", 16),
            new BigInteger("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5", 16));

    private P256() {}

    /** {@code scalar} times the generator. */
    static ECPoint publicPoint(BigInteger scalar) {
        if (scalar.signum() <= 0 || scalar.compareTo(ORDER) >= 0) {
            throw new IllegalArgumentException("not a private key of P-256");
        }
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
            sum = add(sum, sum);
            if (scalar.testBit(bit)) sum = add(sum, G);
        }
        return sum;
    }

    private static ECPoint add(ECPoint a, ECPoint b) {
        if (a.equals(ECPoint.POINT_INFINITY)) return b;
        if (b.equals(ECPoint.POINT_INFINITY)) return a;
        BigInteger ax = a.getAffineX();
        BigInteger ay = a.getAffineY();
        BigInteger bx = b.getAffineX();
        BigInteger by = b.getAffineY();
        if (ax.equals(bx) && !ay.equals(by)) return ECPoint.POINT_INFINITY;
        BigInteger slope = ax.equals(bx)
                ? ax.pow(2)
                        .multiply(BigInteger.valueOf(3))
                        .add(A)
                        .multiply(ay.shiftLeft(1).modInverse(P))
                : by.subtract(ay).multiply(bx.subtract(ax).modInverse(P));
        BigInteger x = slope.pow(2).subtract(ax).subtract(bx).mod(P);
        return new ECPoint(x, slope.multiply(ax.subtract(x)).subtract(ay).mod(P));
    }
}
