package io.skein.engine.presence;

import io.skein.engine.schema.Identity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is here as a relay knows it. Immutable.
 *
 * @param n how many times it has changed at this relay
 * @param people who is shown, which with many is not everybody
 */
public record Crowd(long n, Mode mode, int intervalMillis, int users, int sessions, Map<Identity, Person> people) {
    public static final Crowd NOBODY = new Crowd(0, Mode.LIST, 0, 0, 0, Map.of());

    /**
     * A change from one crowd to the next.
     *
     * @param before those of {@code put} who were shown before, as they were
     * @param removed as they were
     */
    public record Change(List<Person> put, List<Person> before, List<Person> removed) {}

    /** A crowd and what led to it. */
    public record Next(Crowd crowd, Change change) {}

    /** Whether a session that knows the one learns nothing from the other. */
    public boolean says(Crowd other) {
        return mode == other.mode && users == other.users && sessions == other.sessions && people.equals(other.people);
    }

    /** What it is after an update; nothing of it is lost where the update says everything anew. */
    public Next after(Update update) {
        Map<Identity, Person> next = new LinkedHashMap<>();
        if (!update.fresh()) {
            next.putAll(people);
        }
        update.removed().forEach(next::remove);
        update.put().forEach(person -> next.put(person.identity(), person));
        var crowd = new Crowd(
                n + 1,
                update.mode(),
                update.intervalMillis(),
                update.users(),
                update.sessions(),
                Collections.unmodifiableMap(next));
        return new Next(crowd, update.fresh() ? changeTo(crowd) : changed(update));
    }

    /** What the update changes; looks at nobody else. */
    private Change changed(Update update) {
        var change = new Change(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Identity gone : update.removed()) {
            Person was = people.get(gone);
            if (was != null) {
                change.removed.add(was);
            }
        }
        update.put().forEach(person -> put(person, change));
        return change;
    }

    private void put(Person person, Change change) {
        Person was = people.get(person.identity());
        if (!person.equals(was)) {
            change.put.add(person);
            if (was != null) {
                change.before.add(was);
            }
        }
    }

    /** All that is different in another crowd. */
    public Change changeTo(Crowd other) {
        var change = new Change(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        other.people.values().forEach(person -> put(person, change));
        people.values().stream()
                .filter(was -> !other.people.containsKey(was.identity()))
                .forEach(change.removed::add);
        return change;
    }
}
