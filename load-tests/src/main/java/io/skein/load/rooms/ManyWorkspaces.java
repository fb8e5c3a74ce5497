package io.skein.load.rooms;

import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.WsPostgresPeer;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Many workspaces whose members all write. */
@Command(
        name = "many-workspaces",
        mixinStandardHelpOptions = true,
        description = "Many workspaces whose members all write.")
public final class ManyWorkspaces extends RoomScenario {
    @Override
    Shape shape() {
        return new Shape(
                100,
                5,
                5,
                List.of("5000/s", "1", "8"),
                List.of(WsPostgresPeer.PLAIN, NativeSkeinPeer.NAME, WsPostgresPeer.NAME));
    }

    @Override
    List<Target> targets(Result result) {
        var targets = new ArrayList<Target>();
        for (String phase : List.of("1 in flight", "8 in flight")) {
            targets.addAll(ratio(result, WsPostgresPeer.PLAIN, phase, Figures.UPDATES, Bound.AT_LEAST, 1.5));
        }
        return targets;
    }

    @Override
    List<String> headlines() {
        return List.of(Figures.UPDATES, Figures.ACK_P50, Figures.CPU_UPDATES);
    }
}
