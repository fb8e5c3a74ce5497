package io.skein.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.BasicMDCAdapter;

/** How the log is written, by the configuration that is shipped. */
class LogFormatTest {
    /** The lines that these two events make. */
    private static List<String> lines(String format) throws Exception {
        var context = new LoggerContext();
        var marks = new BasicMDCAdapter();
        context.setMDCAdapter(marks);
        context.putProperty("SKEIN_LOG_FORMAT", format);
        var joran = new JoranConfigurator();
        joran.setContext(context);
        try (InputStream configuration = Main.class.getResourceAsStream("/logback.xml")) {
            joran.doConfigure(configuration);
        }
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var shipped = (ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");
        var events = new ListAppender<ILoggingEvent>();
        events.setContext(context);
        events.start();
        root.addAppender(events);
        root.detachAppender(shipped);
        var log = context.getLogger("io.skein.Any");
        log.info("plain");
        marks.put("workspace", "w1");
        log.error("two\nlines of \"{}\"", "words", new IllegalStateException("outer", new RuntimeException("inner")));
        log.debug("below the level");
        List<String> lines = events.list.stream()
                .map(event -> new String(shipped.getEncoder().encode(event), StandardCharsets.UTF_8))
                .toList();
        context.stop();
        return lines;
    }

    @Test
    void json_is_an_object_on_each_line_with_workspace_and_failure() throws Exception {
        List<String> lines = lines("json");
        assertEquals(2, lines.size());
        for (String line : lines) {
            assertEquals(line.length() - 1, line.indexOf('\n'), "one line each");
        }
        var mapper = new ObjectMapper();
        JsonNode plain = mapper.readTree(lines.getFirst());
        assertEquals("plain", plain.get("formattedMessage").asText());
        assertEquals("INFO", plain.get("level").asText());
        assertEquals("io.skein.Any", plain.get("loggerName").asText());
        assertTrue(Math.abs(plain.get("timestamp").asLong() - System.currentTimeMillis()) < 60_000);
        JsonNode failed = mapper.readTree(lines.getLast());
        assertEquals("two\nlines of \"words\"", failed.get("formattedMessage").asText());
        assertEquals("w1", failed.at("/mdc/workspace").asText());
        assertEquals("outer", failed.at("/throwable/message").asText());
        assertEquals("inner", failed.at("/throwable/cause/message").asText());
    }

    @Test
    void text_is_for_people() throws Exception {
        List<String> lines = lines("text");
        assertTrue(
                lines.getFirst().matches("\\d{4}-\\d\\d-\\d\\dT\\S+ INFO {2}io\\.skein\\.Any plain\n"),
                lines.getFirst());
        assertTrue(lines.getLast().contains("IllegalStateException: outer"));
    }

    @Test
    void a_format_that_does_not_exist_is_refused_at_start() throws Exception {
        var builder = new ProcessBuilder(
                ServerJvm.JAVA.toString(), "-cp", ServerJvm.classPath(), Main.class.getName(), "--help");
        builder.environment().put("SKEIN_LOG_FORMAT", "xml");
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals("skein: SKEIN_LOG_FORMAT must be text or json; it is \"xml\"\n", said);
        assertEquals(2, process.exitValue());
    }
}
