package io.skein.edge.command;

import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a node until it is told to stop. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Runs a node until SIGTERM or SIGINT.")
public class Serve implements Callable<Integer> {
    /** Exit status of a node that its cluster has given up. */
    private static final int LOST = 70;

    private final Supplier<Modules> modules;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    /** With the modules on the class path. */
    public Serve() {
        this(Modules::installed);
    }

    /** With other modules, for an application that brings a main class of its own. */
    public Serve(Supplier<Modules> modules) {
        this.modules = modules;
    }

    @Override
    public Integer call() throws Exception {
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        Edge edge = Edge.start(settings, modules.get());
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            edge.close();
                            stopped.countDown();
                        },
                        "skein-stop"));
        edge.node().system().getWhenTerminated().thenRun(Serve::exit);
        started(edge);
        stopped.await();
        return 0;
    }

    /**
     * A node that its cluster has given up cannot come back as it is: the process ends, and whoever runs it starts another. On a thread of its own,
     * because the hook waits for everything else to stop; while the process is stopping anyway, nothing comes of it.
     */
    private static void exit() {
        Thread.ofPlatform().daemon().name("skein-exit").start(() -> System.exit(LOST));
    }

    /** Something to do once the node is up. */
    void started(Edge edge) throws Exception {
        say("Skein listens on http://" + edge.node().settings().http().host() + ":" + edge.port());
    }

    static void say(String text) {
        System.out.println(text);
        System.out.flush();
    }
}
