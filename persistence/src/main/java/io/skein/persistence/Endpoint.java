package io.skein.persistence;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where PostgreSQL answers and as whom.
 *
 * @param url JDBC URL with its parameters
 * @param user name, empty when the URL says it
 * @param password empty when the URL says it or none is needed
 */
public record Endpoint(String url, String user, String password) {

    /** An endpoint whose URL also says how the driver shall behave; what the URL says already stands. */
    static Endpoint of(String url, String user, String password, Duration connectTimeout, Duration socketTimeout) {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("ApplicationName", "skein");
        // One INSERT of many rows instead of many INSERTs in one round trip: the journal's batches double in speed.
        defaults.put("reWriteBatchedInserts", "true");
        // Both notice a server that is gone without a word. The driver counts in whole seconds, and 0 means for ever.
        defaults.put("tcpKeepAlive", "true");
        defaults.put("connectTimeout", Long.toString(Math.max(1, connectTimeout.toSeconds())));
        defaults.put("socketTimeout", Long.toString(Math.max(1, socketTimeout.toSeconds())));
        return new Endpoint(withDefaults(url, defaults), user, password);
    }

    private static String withDefaults(String url, Map<String, String> defaults) {
        int question = url.indexOf('?');
        String given = question < 0 ? "" : url.substring(question + 1);
        Arrays.stream(given.split("&", -1))
                .map(parameter -> parameter.split("=", -1)[0])
                .forEach(defaults::remove);
        String added = defaults.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("&"));
        if (added.isEmpty()) {
            return url;
        }
        return url + (question < 0 ? "?" : given.isEmpty() ? "" : "&") + added;
    }

    /** Without parameters and password: a URL may hold a password too. */
    @Override
    public String toString() {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }
}
