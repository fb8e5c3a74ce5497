package io.skein.edge.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 with the key and the certificate that lie in two files now (rule S3). The files are looked at again and again: who renews a certificate
 * writes the new one in the old one's place. New connections are shown the new one, those that are open go on. What cannot be used
 * changes nothing and is told.
 */
public final class Tls implements AutoCloseable {
    /** For who comes by name: browsers ask in TLS only for a year from now on. */
    static final String STRICT_TRANSPORT = "max-age=31536000";

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    /** A renewed certificate has days until the old one expires. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final Path keyFile;
    private final Path certificateFile;
    private final TlsMeters meters;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("skein-tls").factory());

    /** Of the thread that looks. */
    private byte[] key;

    private byte[] certificate;

    private volatile SslContext context;

    private Tls(Path keyFile, Path certificateFile, TlsMeters meters) throws IOException, GeneralSecurityException {
        this.keyFile = keyFile;
        this.certificateFile = certificateFile;
        this.meters = meters;
        this.key = Files.readAllBytes(keyFile);
        this.certificate = Files.readAllBytes(certificateFile);
        this.context = use(key, certificate);
    }

    /**
     * Reads the files, and goes on looking at them.
     *
     * @throws IOException if they cannot be read or used
     */
    public static Tls open(Path key, Path certificate, TlsMeters meters) throws IOException {
        return open(key, certificate, meters, LOOK_EVERY);
    }

    static Tls open(Path key, Path certificate, TlsMeters meters, Duration lookEvery) throws IOException {
        try {
            var opened = new Tls(key, certificate, meters);
            long millis = lookEvery.toMillis();
            var _ = opened.looks.scheduleWithFixedDelay(opened::look, millis, millis, TimeUnit.MILLISECONDS);
            return opened;
        } catch (GeneralSecurityException e) {
            throw new IOException("%s and %s cannot be used: %s".formatted(key, certificate, e.getMessage()), e);
        }
    }

    private SslContext use(byte[] newKey, byte[] newCertificate) throws IOException, GeneralSecurityException {
        KeyPem pair = KeyPem.read(newKey, newCertificate);
        SslContext made = SslContextBuilder.forServer(pair.key(), pair.chain())
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
        meters.shows(pair.chain().getFirst().getNotAfter().toInstant());
        return made;
    }

    private void look() {
        try {
            byte[] newKey = Files.readAllBytes(keyFile);
            byte[] newCertificate = Files.readAllBytes(certificateFile);
            if (Arrays.equals(newKey, key) && Arrays.equals(newCertificate, certificate)) return;
            context = use(newKey, newCertificate);
            key = newKey;
            certificate = newCertificate;
            LOG.info("clients are shown the renewed certificate {}", certificateFile);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Perhaps one of the two is not written yet; the next look tells.
            meters.countUnusable();
            LOG.warn("{} and {} cannot be used; the certificate there was is shown on", keyFile, certificateFile, e);
        }
    }

    /** For one connection; a handshake that takes longer than {@code patience} is cut. */
    SslHandler handler(ByteBufAllocator buffers, Duration patience) {
        SslHandler handler = context.newHandler(buffers);
        handler.setHandshakeTimeoutMillis(patience.toMillis());
        handler.handshakeFuture().addListener(handshake -> {
            if (handshake.isSuccess()) return;
            switch (handshake.cause()) {
                case SslHandshakeTimeoutException _ -> meters.countFailed(TlsMeters.Failure.TIMEOUT);
                case ClosedChannelException _ -> meters.countFailed(TlsMeters.Failure.CLOSED);
                default -> meters.countFailed(TlsMeters.Failure.REFUSED);
            }
        });
        return handler;
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
