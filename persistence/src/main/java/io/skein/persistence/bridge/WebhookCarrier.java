package io.skein.persistence.bridge;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * POSTs events as JSON. {@code Idempotency-Key} is the same for every attempt; with a secret, {@code Skein-Signature} is
 * {@code sha256=} and the HMAC-SHA256 of the body in hex. Any 2xx is taken as received. Redirects are not followed: they would go round the policy.
 */
final class WebhookCarrier implements Carrier {
    private static final int OK = 200;
    private static final int REDIRECTS = 300;
    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;
    private static final int TIMEOUT = 408;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY = 429;

    private final BridgeSettings.Target target;
    private final Duration timeout;
    private final HttpClient client;

    WebhookCarrier(BridgeSettings.Target target, Duration timeout) {
        this.target = target;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public Result carry(Delivery delivery) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request(delivery), HttpResponse.BodyHandlers.discarding());
        try {
            return result(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            answer.cancel(true); // ends the exchange: an answer without an end holds nothing
            return Carrier.failed("no answer within " + timeout);
        } catch (ExecutionException e) {
            return Carrier.failed("not reached: " + e.getCause());
        }
    }

    private HttpRequest request(Delivery delivery) {
        URI url = target.url();
        byte[] body = Envelope.of(delivery).getBytes(StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("User-Agent", "skein")
                .header("Idempotency-Key", delivery.workspace() + "/" + keyText(delivery.eventId()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!target.secret().isEmpty()) {
            request.header("Skein-Signature", "sha256=" + hmac(body));
        }
        return request.build();
    }

    /** An event's id may have characters that a header cannot; in a header they are percent-encoded. */
    private static String keyText(String id) {
        return java.net.URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    private String hmac(byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(target.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static Result result(HttpResponse<?> answer) {
        int status = answer.statusCode();
        if (status >= OK && status < REDIRECTS) {
            return new Result.Sent();
        }
        boolean later = status >= SERVER_ERRORS || status == TIMEOUT || status == TOO_EARLY || status == TOO_MANY;
        if (later || status < REDIRECTS) {
            return new Result.Failed(
                    "status " + status, retryAfter(answer.headers().firstValue("Retry-After")));
        }
        return new Result.Refused(status < CLIENT_ERRORS ? "status " + status + ", a redirect" : "status " + status);
    }

    /** Seconds; dates are not read. */
    private static Duration retryAfter(Optional<String> header) {
        return header.filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
