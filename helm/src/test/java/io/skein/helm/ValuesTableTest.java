package io.skein.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table in the README says what values.yaml says. {@code -Dgolden.update} writes it anew. */
class ValuesTableTest {
    private static final Path README = Path.of("README.md");
    private static final String BEGIN = "<!-- values: written by -Dgolden.update -->\n";
    private static final String END = "<!-- /values -->";
    private static final Pattern LINE = Pattern.compile("( *)([A-Za-z]+):(?: (.*))?");

    @Test
    void theReadmesTable_isThatOfTheValues() throws IOException {
        String readme = Files.readString(README, UTF_8);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        String table = table(Files.readAllLines(Chart.FOLDER.resolve("values.yaml"), UTF_8));

        if (System.getProperty("golden.update") != null) {
            Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end), UTF_8);
            return;
        }
        assertEquals(table, readme.substring(begin, end), "-Dgolden.update writes it anew");
    }

    /** A row for each value that is no block; what stands above it in values.yaml, and above its block, explains it. */
    private static String table(List<String> lines) {
        var table = new StringBuilder("| value | default | |\n|---|---|---|\n");
        Deque<String> path = new ArrayDeque<>();
        var comments = new ArrayList<String>();
        for (String line : lines) {
            String text = line.strip();
            Matcher value = LINE.matcher(line);
            if (text.startsWith("#  ") || text.isEmpty()) {
                comments.removeIf(_ -> text.isEmpty());
            } else if (text.startsWith("#")) {
                comments.add(text.substring(1).strip());
            } else if (value.matches()) {
                while (path.size() > value.group(1).length() / 2) {
                    path.removeLast();
                }
                path.addLast(value.group(2));
                boolean isBlock = value.group(3) == null;
                if (!isBlock || !comments.isEmpty()) {
                    table.append("| `%s` | %s | %s |\n"
                            .formatted(
                                    String.join(".", path),
                                    isBlock ? "" : "`" + value.group(3) + "`",
                                    String.join(" ", comments).replace("|", "\\|")));
                }
                comments.clear();
            } else {
                throw new IllegalArgumentException("neither a value nor a comment: " + line);
            }
        }
        return table.toString();
    }
}
