package io.skein.edge.bindings;

import io.skein.engine.schema.Column;
import io.skein.engine.schema.Shape;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** How things are called in TypeScript, and which names of the file are taken. */
final class TypeScriptNames {
    private static final Pattern WORD_START = Pattern.compile("_+([a-zA-Z0-9])");

    private final Set<String> taken;

    /** @param reserved what the file itself declares */
    TypeScriptNames(Collection<String> reserved) {
        taken = new HashSet<>(reserved);
    }

    /** This name, or with a number behind it where the file has it already: two classes of two packages may be called alike. */
    String declare(String wanted) {
        String name = wanted;
        for (int number = 2; !taken.add(name); number++) {
            name = wanted + number;
        }
        return name;
    }

    /** {@code workflow_id} to {@code workflowId}. */
    static String camelCase(String snakeCase) {
        String name =
                WORD_START.matcher(snakeCase).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    static String pascalCase(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** What the columns' values are called in a row, in the columns' order: in camel case where that tells them apart. */
    static List<String> accessors(Shape<?> shape) {
        return distinct(shape.columns().stream().map(Column::name).toList());
    }

    /** These names in camel case; those that would then be one stay as they are. */
    static List<String> distinct(List<String> snakeCase) {
        List<String> accessors =
                snakeCase.stream().map(TypeScriptNames::camelCase).toList();
        return snakeCase.stream()
                .map(name -> Collections.frequency(accessors, camelCase(name)) == 1 ? camelCase(name) : name)
                .toList();
    }

    /** The constants of an enum: {@code IN_PROGRESS} is {@code InProgress}, unless two would then be one. */
    static List<String> variants(List<String> constants) {
        List<String> variants = constants.stream().map(TypeScriptNames::variant).toList();
        return new HashSet<>(variants).size() == constants.size() ? variants : constants;
    }

    private static String variant(String constant) {
        boolean shouted = constant.equals(constant.toUpperCase(Locale.ROOT));
        return pascalCase(camelCase(shouted ? constant.toLowerCase(Locale.ROOT) : constant));
    }
}
