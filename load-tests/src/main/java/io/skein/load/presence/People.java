package io.skein.load.presence;

import io.skein.load.peer.SkeinApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everybody who may ever be in the room. Systems know them by name, a scenario by number, from 0. */
final class People {
    private static final String[] COLORS = {"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"};

    private final List<Person> people = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    private People() {}

    /**
     * One of them.
     *
     * @param name what a system tells others
     * @param token that shows who it is, where a system wants to see one
     */
    record Person(int number, String name, @Nullable String token) {
        /** What it tells about itself, as JSON: a name, a colour, where it points. */
        String state() {
            return "{\"name\":\"Person %d\",\"color\":\"%s\",\"cursor\":[%d,%d]}"
                    .formatted(number, COLORS[number % COLORS.length], number * 37 % 1920, number * 53 % 1080);
        }
    }

    /** For systems that believe any name. */
    static People named(int count) {
        var people = new People();
        for (int number = 0; number < count; number++) {
            people.add("p" + number, null);
        }
        return people;
    }

    /** For Skein: the name is the identity. */
    static People identified(List<SkeinApi.Person> identities) {
        var people = new People();
        identities.forEach(person -> people.add(person.identity(), person.token()));
        return people;
    }

    private void add(String name, @Nullable String token) {
        numbers.put(name, people.size());
        people.add(new Person(people.size(), name, token));
    }

    int size() {
        return people.size();
    }

    Person at(int number) {
        return people.get(number);
    }

    /** @throws IOException for somebody who is none of them */
    int number(String name) throws IOException {
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IOException("a stranger is in the room: " + name);
        }
        return number;
    }
}
