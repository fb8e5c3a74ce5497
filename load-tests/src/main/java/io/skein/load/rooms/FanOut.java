package io.skein.load.rooms;

import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.WsPostgresPeer;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** One writes, hundreds listen. */
@Command(name = "fan-out", mixinStandardHelpOptions = true, description = "One writes, hundreds listen.")
public final class FanOut extends RoomScenario {
    @Override
    Shape shape() {
        return new Shape(
                1,
                501,
                1,
                List.of("100/s", "8"),
                List.of(WsPostgresPeer.PLAIN, NativeSkeinPeer.NAME, WsPostgresPeer.NAME));
    }

    @Override
    List<Target> targets(Result result) {
        var targets = new ArrayList<Target>();
        targets.addAll(own(result, "8 in flight", Figures.CPU_DELIVERIES, Bound.AT_MOST, 0.2));
        targets.addAll(own(result, "100/s", Figures.CPU_DELIVERIES, Bound.AT_MOST, 1.2));
        return targets;
    }

    @Override
    List<String> headlines() {
        return List.of(Figures.CPU_DELIVERIES, Figures.ACK_P50);
    }
}
