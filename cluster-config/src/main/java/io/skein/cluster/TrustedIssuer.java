package io.skein.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody else whose tokens are taken.
 *
 * @param issuer the {@code iss} of its tokens, exactly
 * @param audience the {@code aud} that a token of theirs must have
 * @param jwksUrl where its keys are; empty: where its discovery document ({@code /.well-known/openid-configuration}) says
 * @param algorithms that it may sign with
 * @param scopeClaim where its tokens have their scopes
 */
public record TrustedIssuer(
        String issuer, String audience, Optional<URI> jwksUrl, List<String> algorithms, String scopeClaim) {
    /** With a public key, all of them: whoever can check a signature of these cannot make one. */
    private static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    private static final int MAX_ISSUERS = 16;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Config OPTIONAL = ConfigFactory.parseString(
            "audience = \"\", jwks-url = \"\", algorithms = [RS256, ES256], scope-claim = scope");
    private static final Set<String> KEYS = Set.of("issuer", "audience", "jwks-url", "algorithms", "scope-claim");

    public TrustedIssuer {
        algorithms = List.copyOf(algorithms);
    }

    /** Those of the block {@code skein.auth}. */
    static List<TrustedIssuer> all(Section auth) {
        List<? extends Config> blocks;
        try {
            blocks = auth.config().getConfigList("issuers");
        } catch (ConfigException e) {
            throw new SettingsException(auth.path() + ".issuers must be a list of blocks { … }", e);
        }
        if (blocks.size() > MAX_ISSUERS) {
            throw new SettingsException(auth.path() + ".issuers must be at most " + MAX_ISSUERS);
        }
        var issuers = new ArrayList<TrustedIssuer>();
        var names = new HashSet<>(Set.of(auth.nonEmptyText("issuer")));
        for (Config block : blocks) {
            String path = "%s.issuers[%d]".formatted(auth.path(), issuers.size());
            for (String key : block.root().keySet()) {
                if (!KEYS.contains(key)) {
                    throw new SettingsException("There is no setting " + path + "." + key);
                }
            }
            TrustedIssuer issuer = read(new Section(path, block.withFallback(OPTIONAL)), auth);
            if (!names.add(issuer.issuer())) {
                throw new SettingsException(
                        path + ".issuer must not be that of another issuer, nor ours: " + issuer.issuer());
            }
            issuers.add(issuer);
        }
        return List.copyOf(issuers);
    }

    private static TrustedIssuer read(Section block, Section auth) {
        String issuer = block.nonEmptyText("issuer");
        List<String> algorithms = block.texts("algorithms");
        if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
            throw block.refuse(
                    "algorithms",
                    "must be some of " + ALGORITHMS.stream().sorted().toList());
        }
        Optional<URI> jwksUrl = Optional.of(block.text("jwks-url"))
                .filter(text -> !text.isEmpty())
                .map(text -> url(block, "jwks-url", text));
        if (jwksUrl.isEmpty()) {
            url(block, "issuer", issuer); // discovery begins there
        }
        String audience = block.text("audience");
        return new TrustedIssuer(
                issuer,
                audience.isEmpty() ? auth.nonEmptyText("audience") : audience,
                jwksUrl,
                algorithms,
                block.nonEmptyText("scope-claim"));
    }

    private static URI url(Section block, String key, String text) {
        try {
            URI url = new URI(text);
            if (isSafe(url)) {
                return url;
            }
        } catch (URISyntaxException _) {
            // said below
        }
        throw block.refuse(key, "must be a URL of scheme https (http on this machine alone): keys come from there");
    }

    /** Whether what comes from there can be believed: nobody on the way can change it. */
    public static boolean isSafe(URI url) {
        boolean isHttps = "https".equals(url.getScheme());
        boolean isHere = "http".equals(url.getScheme()) && LOOPBACK.contains(String.valueOf(url.getHost()));
        return url.getHost() != null && url.getUserInfo() == null && (isHttps || isHere);
    }
}
