package io.skein.edge.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code docs/tutorial.md} tells its readers to run and to change.
 *
 * @param commands blocks marked {@code sh}, in order
 * @param changes blocks marked {@code diff}, in order
 */
record Tutorial(List<String> commands, List<Change> changes) {
    /** Lines that go, and those that come in their place. */
    record Change(String before, String after) {
        String apply(String source) {
            int at = source.indexOf(before);
            assertEquals(source.lastIndexOf(before), at, () -> "not once in the module: " + before);
            assertEquals(true, at >= 0, () -> "not in the module: " + before);
            return source.replace(before, after);
        }
    }

    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    static Tutorial read(Path file) throws IOException {
        var commands = new ArrayList<String>();
        var changes = new ArrayList<Change>();
        Matcher block = BLOCK.matcher(Files.readString(file));
        while (block.find()) {
            switch (block.group(1)) {
                case "sh" -> commands.add(block.group(2).strip());
                case "diff" -> changes.add(new Change(lines(block.group(2), '-'), lines(block.group(2), '+')));
                default -> throw new AssertionError("nobody runs a block marked " + block.group(1));
            }
        }
        return new Tutorial(commands, changes);
    }

    private static String lines(String diff, char mark) {
        return String.join(
                "\n",
                diff.lines()
                        .filter(line -> line.charAt(0) == mark)
                        .map(line -> line.substring(1))
                        .toList());
    }
}
