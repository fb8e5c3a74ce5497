package io.skein.load.rooms;

import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.WsPostgresPeer;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** One workspace whose members all write. */
@Command(
        name = "hot-workspace",
        mixinStandardHelpOptions = true,
        description = "One workspace whose members all write.")
public final class HotWorkspace extends RoomScenario {
    @Override
    Shape shape() {
        return new Shape(
                1,
                50,
                50,
                List.of("1000/s", "8"),
                List.of(WsPostgresPeer.PLAIN, NativeSkeinPeer.NAME, WsPostgresPeer.NAME));
    }

    @Override
    List<Target> targets(Result result) {
        var targets = new ArrayList<Target>();
        targets.addAll(ratio(result, WsPostgresPeer.PLAIN, "8 in flight", Figures.UPDATES, Bound.AT_LEAST, 1.5));
        return targets;
    }

    @Override
    List<String> headlines() {
        return List.of(Figures.UPDATES, Figures.ACK_P99, Figures.CPU_DELIVERIES);
    }
}
