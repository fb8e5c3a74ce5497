package io.skein.edge.command.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.Main;
import io.skein.edge.NodeFolder;
import io.skein.edge.http.TestCertificate;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor against a server outside of development mode. */
class DoctorTest {
    private static final Path DATA = NodeFolder.of("test-doctor");
    private static Edge edge;

    private record Said(int code, String out, String err) {}

    @BeforeAll
    static void start() throws IOException {
        edge = Edge.start(
                NodeConfig.of(ConfigFactory.parseMap(
                        Map.of("skein.data-dir", DATA.toString(), "skein.http.port", 0, "skein.auth.mode", "token"))),
                Modules.installed());
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void withTheServersKey_aRealCallIsMadeAndNothingIsLeft(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("skein.conf");
        String key = Files.readString(DATA.resolve("signing-key.json"));
        Files.writeString(config, "skein.auth.key = \"\"\"" + key + "\"\"\"\n");

        Said said = doctor("--url", "http://127.0.0.1:" + edge.port(), "--config", config.toString());

        assertEquals(0, said.code(), said::err);
        List<String> lines =
                said.out().lines().map(line -> line.split(" ", 2)[0]).toList();
        assertEquals(List.of("answers", "made", "WebSocket", "call", "deleted"), lines, said::out);
    }

    @Test
    void withoutAKey_itSaysWhy() {
        Said said = doctor("--url", "http://127.0.0.1:" + edge.port());

        assertEquals(1, said.code());
        assertTrue(said.err().startsWith("skein: "), said::err);
    }

    @Test
    void withoutAServer_itSaysWhere() {
        Said said = doctor("--url", "http://127.0.0.1:1", "--token", "x");

        assertEquals(1, said.code());
        assertTrue(said.err().contains("no Skein at http://127.0.0.1:1: nobody listens there"), said::err);
    }

    @Test
    void S3_overTls_theServersCertificateIsTrustedAndNoOther(@TempDir Path folder) throws Exception {
        TestCertificate own = TestCertificate.make(folder, "own");
        TestCertificate other = TestCertificate.make(folder, "other");
        Path key = folder.resolve("tls.key");
        Path certificate = folder.resolve("tls.crt");
        own.write(key, certificate);
        Path others = Files.writeString(folder.resolve("other.crt"), other.pem());
        try (Edge secure = Edge.start(
                NodeConfig.of(ConfigFactory.parseMap(Map.of(
                        "skein.data-dir", NodeFolder.of("test-doctor-tls").toString(),
                        "skein.http.port", 0,
                        // Who stops as the last of its cluster waits for as long, and for nobody.
                        "pekko.cluster.singleton.hand-over-retry-interval", "200ms",
                        "skein.http.tls.key", key.toString(),
                        "skein.http.tls.certificate", certificate.toString()))),
                Modules.installed())) {
            String url = "https://localhost:" + secure.port();
            Said well = doctor("--url", url, "--certificate", certificate.toString());
            assertEquals(0, well.code(), well::err);
            assertEquals(
                    1, doctor("--url", url, "--certificate", others.toString()).code());
            assertEquals(1, doctor("--url", url).code(), "nobody has signed it");
        }
    }

    private static Said doctor(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(Stream.of("doctor"), Arrays.stream(arguments))
                        .toArray(String[]::new));
        return new Said(code, out.toString(), err.toString());
    }
}
