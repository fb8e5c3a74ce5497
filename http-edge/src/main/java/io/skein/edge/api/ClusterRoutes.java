package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.auth.Authenticator;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.meters.Window.Quantiles;
import io.skein.engine.runtime.Engine;
import io.skein.engine.watch.ClusterReport;
import io.skein.engine.watch.NodeReport;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the nodes of the cluster do, for operators. Cheap enough to be asked once a second by each of them. */
final class ClusterRoutes {
    private static final int BUSIEST = 20;
    private static final double MICROS_A_MILLI = 1_000;

    private final Engine engine;
    private final Authenticator authenticator;

    ClusterRoutes(Engine engine, Authenticator authenticator) {
        this.engine = engine;
        this.authenticator = authenticator;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/cluster", this::cluster);
    }

    private CompletionStage<Response> cluster(Request request) {
        return authenticator
                .operator(request)
                .thenCompose(_ -> Door.inTime(engine.cluster()))
                .thenApply(ClusterRoutes::answer);
    }

    private static Response answer(ClusterReport report) {
        return Response.json(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("time", Instant.now().toString());
                    out.writeStringField("self", report.self());
                    out.writeArrayFieldStart("nodes");
                    for (ClusterReport.Node node : report.nodes()) {
                        writeNode(out, node);
                    }
                    out.writeEndArray();
                    out.writeArrayFieldStart("busiest");
                    for (Busy busy : busiest(report)) {
                        out.writeStartObject();
                        out.writeStringField("workspace", busy.workspace());
                        out.writeStringField("node", busy.node());
                        out.writeNumberField("commitsPerSecond", rounded(busy.commitsPerSecond()));
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                })
                .withHeader("cache-control", "no-store");
    }

    private record Busy(String workspace, String node, double commitsPerSecond) {}

    private static List<Busy> busiest(ClusterReport cluster) {
        return cluster.nodes().stream()
                .flatMap(node -> node.report().stream())
                .flatMap(node -> node.busiest().stream()
                        .map(busy -> new Busy(busy.workspace(), node.address(), busy.commitsPerSecond())))
                .sorted(Comparator.comparingDouble(Busy::commitsPerSecond)
                        .reversed()
                        .thenComparing(Busy::workspace))
                .limit(BUSIEST)
                .toList();
    }

    private static void writeNode(JsonGenerator out, ClusterReport.Node node) throws IOException {
        out.writeStartObject();
        out.writeStringField("address", node.address());
        out.writeStringField("status", node.status());
        out.writeBooleanField("reachable", node.reachable());
        out.writeStringField("version", node.version());
        out.writeArrayFieldStart("roles");
        for (String role : node.roles()) {
            out.writeString(role);
        }
        out.writeEndArray();
        if (node.report().isPresent()) {
            out.writeObjectFieldStart("report");
            writeReport(out, node.report().get());
            out.writeEndObject();
        } else {
            out.writeNullField("report");
        }
        out.writeEndObject();
    }

    private static void writeReport(JsonGenerator out, NodeReport node) throws IOException {
        out.writeStringField("upSince", node.upSince().toString());
        out.writeNumberField("sessions", node.sessions());
        out.writeNumberField("relays", node.relays());
        out.writeNumberField("workspaces", node.workspaces());
        if (node.shards() < 0) {
            out.writeNullField("shards");
        } else {
            out.writeNumberField("shards", node.shards());
        }
        writePace(out, "commitsPerSecond", node.commits());
        writePace(out, "callsPerSecond", node.calls());
        writeSpread(out, "fanOut", node.fanOut());
        writeSpread(out, "journal", node.journal());
        out.writeNumberField("journalLagMillis", node.lagMicros() / MICROS_A_MILLI);
        out.writeObjectFieldStart("heap");
        out.writeNumberField("usedBytes", node.heapUsedBytes());
        out.writeNumberField("maxBytes", node.heapMaxBytes());
        out.writeEndObject();
    }

    private static void writePace(JsonGenerator out, String name, NodeReport.Pace pace) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("last10s", rounded(pace.last10s()));
        out.writeNumberField("last60s", rounded(pace.last60s()));
        out.writeEndObject();
    }

    private static void writeSpread(JsonGenerator out, String name, NodeReport.Spread spread) throws IOException {
        out.writeObjectFieldStart(name);
        writeQuantiles(out, "last10s", spread.last10s());
        writeQuantiles(out, "last60s", spread.last60s());
        out.writeEndObject();
    }

    private static void writeQuantiles(JsonGenerator out, String name, Quantiles quantiles) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("count", quantiles.count());
        out.writeNumberField("p50Millis", quantiles.p50Micros() / MICROS_A_MILLI);
        out.writeNumberField("p99Millis", quantiles.p99Micros() / MICROS_A_MILLI);
        out.writeEndObject();
    }

    /** To three digits behind the point: more would only be noise. */
    private static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
