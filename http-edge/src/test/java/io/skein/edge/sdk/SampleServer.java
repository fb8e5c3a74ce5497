package io.skein.edge.sdk;

import io.skein.edge.command.Serve;
import io.skein.engine.Modules;
import io.skein.modules.bank.BankModule;
import io.skein.modules.board.BoardModule;
import io.skein.modules.studio.StudioModule;
import java.util.List;
import picocli.CommandLine;

/** A server that has the {@link SampleModule}, as a process of its own; settings come from the environment. */
public final class SampleServer {
    private SampleServer() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Serve(SampleServer::modules)).execute(args));
    }

    static Modules modules() {
        return new Modules(List.of(new SampleModule(), new BankModule(), new BoardModule(), new StudioModule()));
    }
}
