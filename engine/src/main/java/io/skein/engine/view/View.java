package io.skein.engine.view;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Identity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Who looks × what they asked for. Two sessions with equal views see the same bytes. */
public record View(Audience audience, List<Subscription> subscriptions) {
    public View {
        subscriptions = subscriptions.stream()
                .sorted(Comparator.comparingLong(Subscription::number))
                .toList();
    }

    public View with(List<Subscription> added) {
        return new View(
                audience,
                java.util.stream.Stream.concat(subscriptions.stream(), added.stream())
                        .toList());
    }

    /** The subscription of this number, if it is part of the view. */
    public Optional<Subscription> find(long number) {
        return subscriptions.stream().filter(sub -> sub.number() == number).findFirst();
    }

    public View without(long number) {
        return new View(
                audience,
                subscriptions.stream().filter(sub -> sub.number() != number).toList());
    }

    /** Who looks through the joins of this view. */
    public List<Audience> joins() {
        return subscriptions.stream()
                .flatMap(sub -> sub.tables().entrySet().stream())
                .filter(entry -> !entry.getValue().semijoins().isEmpty())
                .map(entry -> audience.through(new Audience.Join(entry.getKey(), entry.getValue())))
                .toList();
    }

    public View seenBy(Audience other) {
        return new View(other, subscriptions);
    }

    /** See {@link Subscription#decoded}. */
    public View decoded(ModuleSchema schema) {
        return new View(
                audience.decoded(schema),
                subscriptions.stream().map(sub -> sub.decoded(schema)).toList());
    }

    /**
     * What a client names when it resumes: equal for equal views of one identity, on every node and after restarts, as long as the tables in it have the
     * same columns; 16 hex digits.
     */
    public String fingerprint(Identity viewer, ModuleSchema schema) {
        try {
            var text = new StringBuilder()
                    .append(viewer)
                    .append(' ')
                    .append(audience.role())
                    .append(' ')
                    .append(subscriptions);
            subscriptions.forEach(sub -> sub.tables()
                    .keySet()
                    .forEach(table -> text.append(' ')
                            .append(schema.table(schema.ordinal(table)).shape().signature())));
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
