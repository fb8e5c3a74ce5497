package io.skein.cluster;

import com.typesafe.config.Config;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds keys that nothing reads: a typo would otherwise leave the default in force without a word. */
final class UnknownKeys {
    /** Edits between a key and the one it may have meant. */
    private static final int MAX_TYPOS = 3;

    private UnknownKeys() {}

    /**
     * @param given the settings in force
     * @param known a config with exactly the keys that exist
     * @throws SettingsException naming every key of {@code given} that is not in {@code known}
     */
    static void refuse(String path, Config given, Config known) {
        Set<String> knownKeys = keys(known);
        List<String> sentences = keys(given).stream()
                .filter(key -> !knownKeys.contains(key))
                .map(key -> sentence(path, given, key, knownKeys))
                .toList();
        if (!sentences.isEmpty()) {
            throw new SettingsException(String.join("\n", sentences));
        }
    }

    private static Set<String> keys(Config config) {
        Set<String> keys = new TreeSet<>();
        config.entrySet().forEach(entry -> keys.add(entry.getKey()));
        return keys;
    }

    private static String sentence(String path, Config given, String key, Set<String> knownKeys) {
        String hint = nearest(key, knownKeys)
                .map(near -> ". Did you mean " + path + "." + near + "?")
                .orElse(". The settings that exist are in reference.conf.");
        String origin = given.getValue(key).origin().description();
        return "There is no setting " + path + "." + key + " (" + origin + ")" + hint;
    }

    private static Optional<String> nearest(String key, Set<String> knownKeys) {
        record Candidate(String key, int typos) {}
        return knownKeys.stream()
                .map(known -> new Candidate(known, distance(key, known)))
                .filter(candidate -> candidate.typos() <= MAX_TYPOS
                        || lastPart(candidate.key()).equals(lastPart(key)))
                .min(Comparator.comparingInt(Candidate::typos))
                .map(Candidate::key);
    }

    /** A right name in the wrong block is as common as a typo. */
    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
