package io.skein.edge;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * How tests start servers as processes of their own. Those live for seconds, most of which a JVM would spend compiling itself and loading
 * classes: so it compiles quickly, and the first one that ends leaves its loaded classes to the next ones (an archive as of JEP 350 and
 * {@code AutoCreateSharedArchive}), which takes 2.6 instead of 5.8 s of processor from them. That works with jars alone, so folders of
 * classes are packed into some.
 */
public final class ServerJvm {
    public static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private ServerJvm() {}

    /** On first use. */
    private static final class ClassPath {
        static final Path FOLDER = Path.of("target", System.getProperty("test.fork", "fork"), "server")
                .toAbsolutePath();
        static final Path ARCHIVE = FOLDER.resolve("classes.jsa");
        static final String JARS = packed();

        private static String packed() {
            var jars = new ArrayList<String>();
            try {
                Files.createDirectories(FOLDER);
                // One of an earlier run is of other jars: no JVM takes it, and none replaces it.
                Files.deleteIfExists(ARCHIVE);
                for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                    Path path = Path.of(entry);
                    if (Files.isDirectory(path)) {
                        path = pack(path, FOLDER.resolve(jars.size() + ".jar"));
                    }
                    jars.add(path.toString());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return String.join(File.pathSeparator, jars);
        }

        private static Path pack(Path classes, Path jar) throws IOException {
            try (var out = new JarOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)));
                    Stream<Path> all = Files.walk(classes)) {
                out.setLevel(Deflater.NO_COMPRESSION);
                for (Path file :
                        all.filter(each -> !each.equals(classes)).sorted().toList()) {
                    String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                    boolean isFolder = Files.isDirectory(file);
                    out.putNextEntry(
                            new JarEntry(isFolder ? name + "/" : name)); // migrations are looked for by their folder
                    if (!isFolder) {
                        Files.copy(file, out);
                    }
                }
            }
            return jar;
        }
    }

    /** Of this JVM, with a jar for each folder. */
    public static String classPath() {
        return ClassPath.JARS;
    }

    public static List<String> flags() {
        return List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + ClassPath.ARCHIVE);
    }

    /**
     * For tests that start servers with {@code src/test/web/server.js}.
     *
     * @param output where they leave data and logs
     */
    public static Map<String, String> environment(Path output, Map<String, String> more) {
        var environment = new HashMap<>(Map.of(
                "SKEIN_TEST_JAVA", JAVA.toString(),
                "SKEIN_TEST_DIRECTORY", output.toString(),
                "SKEIN_TEST_BINARIES", NodeFolder.BINARIES.toString(),
                "JAVA_TOOL_OPTIONS", String.join(" ", flags()),
                "CLASSPATH", classPath()));
        environment.putAll(more);
        return environment;
    }
}
