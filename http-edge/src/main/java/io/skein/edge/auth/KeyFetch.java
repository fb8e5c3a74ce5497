package io.skein.edge.auth;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.skein.cluster.TrustedIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets an issuer's keys from where they are (RFC 7517; OpenID Connect Discovery). Blocks. What comes is bounded in time and size, and redirects are not
 * followed: keys come from where the settings say, and from nowhere else.
 */
final class KeyFetch {
    private static final int MAX_BYTES = 512 << 10;
    private static final int MAX_KEYS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final TrustedIssuer issuer;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    KeyFetch(TrustedIssuer issuer) {
        this.issuer = issuer;
    }

    /** Public keys only: whatever else stands there is left out. */
    JWKSet keys() throws IOException, InterruptedException, ParseException {
        URI at = issuer.jwksUrl().isPresent() ? issuer.jwksUrl().get() : discovered();
        JWKSet all = JWKSet.parse(get(at)).toPublicJWKSet();
        if (all.isEmpty() || all.size() > MAX_KEYS) {
            throw new IOException(at + " has " + all.size() + " public keys");
        }
        return all;
    }

    private URI discovered() throws IOException, InterruptedException, ParseException {
        Map<String, Object> document = JSONObjectUtils.parse(get(URI.create(stripped(issuer.issuer()) + DISCOVERY)));
        if (!issuer.issuer().equals(document.get("issuer"))) {
            throw new IOException("the discovery document is of another issuer: " + document.get("issuer"));
        }
        URI url = JSONObjectUtils.getURI(document, "jwks_uri");
        if (url == null || !TrustedIssuer.isSafe(url)) {
            throw new IOException("jwks_uri must be a URL of scheme https: " + url);
        }
        return url;
    }

    private static String stripped(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private String get(URI url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(PATIENCE)
                .header("accept", "application/json")
                .build();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), MAX_BYTES));
        try {
            // The request's own timeout ends with the headers; who sends its body slowly would hold us for ever.
            HttpResponse<String> all = answer.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (all.statusCode() != 200) {
                throw new IOException(url + " answered " + all.statusCode());
            }
            return all.body();
        } catch (ExecutionException | TimeoutException e) {
            answer.cancel(true);
            throw new IOException(url + " does not answer: " + (e.getCause() == null ? e : e.getCause()), e);
        }
    }
}
