package io.skein.load.rooms;

import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.WsPostgresPeer;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** People at work: four of five look on, the others drag and type in bursts. */
@Command(
        name = "mixed-office",
        mixinStandardHelpOptions = true,
        description = "People at work: four of five look on, the others drag and type in bursts.")
public final class MixedOffice extends RoomScenario {
    @Override
    Shape shape() {
        return new Shape(50, 20, 20, List.of("office"), List.of(WsPostgresPeer.PLAIN, NativeSkeinPeer.NAME));
    }

    @Override
    List<Target> targets(Result result) {
        var targets = new ArrayList<Target>();
        double journal = mean(result, NativeSkeinPeer.NAME, "", Figures.JOURNAL_P99);
        double acknowledged = mean(result, NativeSkeinPeer.NAME, "", Figures.ACK_P99);
        if (!Double.isNaN(acknowledged / journal)) {
            targets.add(new Target("ack p99 ÷ journal p99", acknowledged / journal, Bound.AT_MOST, 2));
        }
        return targets;
    }

    @Override
    List<String> headlines() {
        return List.of(Figures.ACK_P50, Figures.ACK_P99, Figures.CPU_UPDATES);
    }
}
