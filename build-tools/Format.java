import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or fixes the layout of all Java sources: {@code Format check|fix ROOT}. Exit 1 names every file that is not formatted.
 * Run by Maven as a single source file on the toolchain's JDK.
 */
public final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());

    public static void main(String[] args) throws IOException {
        boolean fix = args[0].equals("fix");
        Path root = Path.of(args[1]);
        List<Path> unformatted = sources(root).parallelStream()
                .filter(file -> isUnformatted(file, fix))
                .toList();
        if (unformatted.isEmpty()) {
            return;
        }
        unformatted.forEach(
                file -> System.err.println((fix ? "formatted " : "not formatted: ") + root.relativize(file)));
        if (!fix) {
            System.err.println("Run ./format to fix the layout.");
            System.exit(1);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path folder : modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .toList()) {
                collect(folder, files);
            }
        }
        collect(root.resolve("build-tools"), files);
        return files;
    }

    private static void collect(Path folder, List<Path> files) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
        }
    }

    private static boolean isUnformatted(Path file, boolean fix) {
        try {
            String before = Files.readString(file);
            String after = FORMATTER.formatSourceAndFixImports(before);
            if (before.equals(after)) {
                return false;
            }
            if (fix) {
                Files.writeString(file, after);
            }
            return true;
        } catch (FormatterException e) {
            throw new IllegalStateException(file + " does not parse: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
