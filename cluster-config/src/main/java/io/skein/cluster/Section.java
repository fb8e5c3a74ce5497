package io.skein.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One block of settings, read with its bounds. Every error names the key in full, the place it was set at and what may stand
 * there.
 *
 * @param path the block's own path, such as {@code skein.http}
 * @param config what is inside the block
 */
record Section(String path, Config config) {
    /** Keys whose value no message may show: a URL may hold a password. */
    private static final Set<String> SECRETS =
            Set.of("skein.auth.key", "skein.secrets.keys", "skein.database.password", "skein.database.url");

    Section section(String key) {
        try {
            return new Section(path + "." + key, config.getConfig(key));
        } catch (ConfigException e) {
            throw new SettingsException(path + "." + key + " must be a block { … }: " + e.getMessage(), e);
        }
    }

    String text(String key) {
        try {
            return config.getString(key).strip();
        } catch (ConfigException e) {
            throw refuse(key, "must be a text", e);
        }
    }

    String nonEmptyText(String key) {
        String text = text(key);
        if (text.isEmpty()) {
            throw refuse(key, "must not be empty");
        }
        return text;
    }

    /** A list, or a text with commas: an environment variable can only give the latter. */
    List<String> texts(String key) {
        try {
            Stream<String> parts = config.getValue(key).valueType() == ConfigValueType.STRING
                    ? Arrays.stream(config.getString(key).split(",", -1))
                    : config.getStringList(key).stream();
            return parts.map(String::strip).filter(part -> !part.isEmpty()).toList();
        } catch (ConfigException e) {
            throw refuse(key, "must be a list of texts, or one text with commas", e);
        }
    }

    int count(String key, int min, int max) {
        long value;
        try {
            value = config.getLong(key);
        } catch (ConfigException e) {
            throw refuse(key, "must be a whole number", e);
        }
        if (value < min || value > max) {
            throw refuse(key, "must be from " + min + " to " + max);
        }
        return (int) value;
    }

    int count(String key) {
        return count(key, 1, Integer.MAX_VALUE);
    }

    int port(String key) {
        return count(key, 0, 65_535);
    }

    /** A size in bytes, at least 1 KiB: less is a forgotten unit. */
    int bytes(String key) {
        long value;
        try {
            value = config.getBytes(key);
        } catch (ConfigException e) {
            throw refuse(key, "must be a size such as 64KiB or 1MiB", e);
        }
        if (value < 1024 || value > Integer.MAX_VALUE) {
            throw refuse(key, "must be a size from 1KiB to 2GiB (exclusive), such as 1MiB");
        }
        return (int) value;
    }

    /** A length of time, perhaps none. */
    Duration pause(String key) {
        return length(key, 0);
    }

    /** A length of time, at least 1 ms. */
    Duration duration(String key) {
        return length(key, 1);
    }

    private Duration length(String key, long minMillis) {
        Duration value;
        try {
            value = config.getDuration(key);
        } catch (ConfigException e) {
            throw refuse(key, "must be a length of time such as 500ms, 10s or 5m", e);
        }
        if (value.isNegative() || value.toMillis() < minMillis) {
            throw refuse(key, "must be a length of time of at least " + minMillis + "ms");
        }
        return value;
    }

    /** From none (0) to all (1). */
    double share(String key) {
        double value;
        try {
            value = config.getDouble(key);
        } catch (ConfigException e) {
            throw refuse(key, "must be a number from 0 to 1", e);
        }
        if (!(value >= 0 && value <= 1)) {
            throw refuse(key, "must be a number from 0 to 1");
        }
        return value;
    }

    boolean flag(String key) {
        try {
            return config.getBoolean(key);
        } catch (ConfigException e) {
            throw refuse(key, "must be true or false", e);
        }
    }

    /** One of an enum's constants, written in lower case with hyphens. */
    <E extends Enum<E>> E choice(String key, Class<E> type) {
        String text = text(key);
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
        int index = names.indexOf(text);
        if (index < 0) {
            throw refuse(key, "must be one of " + String.join(", ", names));
        }
        return type.getEnumConstants()[index];
    }

    /** The error for a key whose value is of the right type and still wrong. */
    SettingsException refuse(String key, String mustBe) {
        return new SettingsException(sentence(key, mustBe));
    }

    private SettingsException refuse(String key, String mustBe, ConfigException cause) {
        return cause instanceof ConfigException.Missing
                ? new SettingsException(path + "." + key + " " + mustBe + "; it is not set", cause)
                : new SettingsException(sentence(key, mustBe), cause);
    }

    private String sentence(String key, String mustBe) {
        return path + "." + key + " " + mustBe + "; it is " + rendered(key) + " (" + origin(key) + ")";
    }

    private String rendered(String key) {
        return SECRETS.contains(path + "." + key)
                ? "not shown here"
                : config.getValue(key).render(ConfigRenderOptions.concise());
    }

    private String origin(String key) {
        return config.getValue(key).origin().description();
    }
}
