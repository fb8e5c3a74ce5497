package io.skein.cluster;

/** The settings cannot be used. The message is for the person who wrote them: which key, what it says, what it may say. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SettingsException(String message) {
        super(message);
    }

    SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
