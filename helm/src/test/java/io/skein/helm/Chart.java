package io.skein.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.skein.helm.kubernetes.FakeKubernetes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The chart, rendered. Helm as a library asks a cluster for what {@code lookup} wants even then, so there is an empty one; where it is, it reads from the
 * file in the environment variable KUBECONFIG, which the build sets.
 */
final class Chart {
    static final Path FOLDER = Path.of("skein").toAbsolutePath();
    /** The oldest that the chart takes; Helm as a library would say 1.20. */
    static final String KUBERNETES = "1.30.0";

    private Chart() {}

    /** The values files that show what can be done, each with its own golden render. */
    static List<Path> examples() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of an example without what all have at the end. */
    static String name(Path example) {
        return example.getFileName().toString().replace("-values.yaml", "");
    }

    /** What {@code helm template skein helm/skein -f …} prints. */
    static String render(Path values) {
        return template().withValuesFile(values).call();
    }

    /** The same with {@code --set}. */
    static String render(Map<String, Object> values) {
        TemplateCommand template = template();
        values.forEach(template::set);
        return template.call();
    }

    private static final class EmptyCluster {
        static final FakeKubernetes INSTANCE = start();

        private static FakeKubernetes start() {
            try {
                Path file = Path.of(System.getenv("KUBECONFIG"));
                FakeKubernetes kubernetes = FakeKubernetes.start(Files.createDirectories(file.getParent()));
                Files.writeString(file, kubernetes.kubeConfig("sync"));
                return kubernetes;
            } catch (Exception e) {
                throw new IllegalStateException("no Kubernetes API for Helm", e);
            }
        }
    }

    /** What another folder with the chart makes of values. */
    static String renderOf(Path folder, Path values) {
        return template(folder).withValuesFile(values).call();
    }

    private static TemplateCommand template() {
        return template(FOLDER);
    }

    private static TemplateCommand template(Path folder) {
        EmptyCluster.INSTANCE.port();
        return new Helm(folder)
                .template()
                .withName("skein")
                .withNamespace("sync")
                .withKubeVersion(KUBERNETES);
    }

    /** What a release of another name would be. */
    static String renderAs(String release) {
        return template().withName(release).call();
    }

    /** The objects of a render, in its order. */
    static List<Node> objects(String render) {
        return Stream.iterate(
                        yaml().loadAll(render).iterator(), documents -> documents.hasNext(), documents -> documents)
                .map(documents -> documents.next())
                .flatMap(Stream::ofNullable)
                .map(Node::new)
                .toList();
    }

    static Node read(Path file) {
        try {
            return new Node(yaml().load(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Yaml yaml() {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options));
    }
}
