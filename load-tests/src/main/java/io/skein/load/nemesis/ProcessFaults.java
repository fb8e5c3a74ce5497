package io.skein.load.nemesis;

import io.skein.load.machine.Commands;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What can happen to nodes. */
final class ProcessFaults {
    private ProcessFaults() {}

    /** One of each. */
    static List<Fault> all() {
        return List.of(
                new KillNode("kill-node", false),
                new KillNode("kill-oldest", true),
                new PauseNode(),
                new RollingRestart(),
                new RollingUpgrade(),
                new ClockJump());
    }

    /** kill -9 of a node: owner of some workspaces, relay of the others; or of the oldest, where the coordinator is too. */
    private record KillNode(String name, boolean oldest) implements Fault {
        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) {
            SkeinNode node = oldest ? world.oldest() : world.any(dice);
            node.kill();
            return "kill -9 " + node.name();
        }

        @Override
        public int seconds() {
            return 8;
        }

        @Override
        public void mend(World world) {}
    }

    /** SIGSTOP: the others take the node for dead, and then it is there again. */
    private static final class PauseNode implements Fault {
        private @Nullable SkeinNode paused;

        @Override
        public String name() {
            return "pause-node";
        }

        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, SQLException, InterruptedException {
            SkeinNode node = world.any(dice);
            Commands.signal("STOP", node.pid());
            paused = node;
            return "SIGSTOP " + node.name();
        }

        @Override
        public int seconds() {
            return 30;
        }

        @Override
        public void mend(World world) throws IOException, SQLException, InterruptedException {
            Commands.signal("CONT", Objects.requireNonNull(paused).pid());
        }
    }

    /** As a deployment does it: one after the other, each told to leave in order. */
    private static final class RollingRestart implements Fault {
        @Override
        public String name() {
            return "rolling-restart";
        }

        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, SQLException, InterruptedException {
            for (SkeinNode node : world.nodes().all()) {
                world.restart(node, Map.of());
            }
            return "SIGTERM and a new start, one after the other";
        }

        @Override
        public int seconds() {
            return 1;
        }

        @Override
        public void mend(World world) {}
    }

    /** The same into the next version, whose module changes rows: two versions are there at once. Once in a run: there is no way back. */
    private static final class RollingUpgrade implements Fault {
        @Override
        public String name() {
            return "rolling-upgrade";
        }

        @Override
        public @Nullable String impossible(World world) {
            return world.nodes().all().stream().anyMatch(SkeinNode::isUpgraded) ? "has been done" : null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, SQLException, InterruptedException {
            for (SkeinNode node : world.nodes().all()) {
                node.upgrade();
                world.restart(node, Map.of());
            }
            return "version 2 of the board, one node after the other";
        }

        @Override
        public int seconds() {
            return 1;
        }

        @Override
        public void mend(World world) {}
    }

    /** The wall clock of one node jumps, and jumps back. */
    private static final class ClockJump implements Fault {
        private static final int JUMP_SECONDS = 3_600;

        private @Nullable SkeinNode node;

        @Override
        public String name() {
            return "clock-jump";
        }

        @Override
        public @Nullable String impossible(World world) {
            return world.clock() == null ? "needs libfaketime" : null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, SQLException, InterruptedException {
            SkeinNode any = world.any(dice);
            node = any;
            FakeClock clock = Objects.requireNonNull(world.clock());
            int jump = dice.nextBoolean() ? JUMP_SECONDS : -JUMP_SECONDS;
            world.restart(any, clock.environment());
            clock.set(jump);
            return "the clock of %s jumps by %+d s".formatted(any.name(), jump);
        }

        @Override
        public int seconds() {
            return 10;
        }

        @Override
        public void mend(World world) throws IOException, SQLException, InterruptedException {
            Objects.requireNonNull(world.clock()).set(0);
            // Long enough to be believed: it is asked once a second.
            Thread.sleep(2_000);
            world.restart(Objects.requireNonNull(node), Map.of());
        }
    }
}
