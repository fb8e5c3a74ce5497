package io.skein.load.nemesis;

import io.skein.load.machine.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Everything that can be broken. */
final class Faults {
    private static final String NEEDS_NAMESPACES = "needs network namespaces";

    private Faults() {}

    /** One of each. */
    static List<Fault> all() {
        return List.of(
                new KillNode("kill-node", false),
                new KillNode("kill-oldest", true),
                new PauseNode(),
                new Partition("partition", Shape.NODES),
                new Partition("partition-database", Shape.EVERYTHING),
                new Partition("partition-one-way", Shape.ONE_WAY),
                new Partition("partition-bridge", Shape.PAIR),
                new Loss(),
                new Slow(),
                new KillPostgres("postgres-kill", true),
                new KillPostgres("postgres-immediate", false),
                new EndConnections(),
                new StallPostgres(),
                new FullDisk(),
                new RollingRestart(),
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
        public String strike(World world, Random dice) throws IOException, InterruptedException {
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
        public void mend(World world) throws IOException, InterruptedException {
            Commands.signal("CONT", Objects.requireNonNull(paused).pid());
        }
    }

    private enum Shape {
        /** A node and the other nodes; both reach the database. */
        NODES,
        /** A node and everybody else. */
        EVERYTHING,
        /** A node's packets to another one are lost, and not the other way. */
        ONE_WAY,
        /** Two nodes do not hear each other, and both hear the third. */
        PAIR
    }

    private record Partition(String name, Shape shape) implements Fault {
        @Override
        public @Nullable String impossible(World world) {
            return !world.network().canCut()
                    ? NEEDS_NAMESPACES
                    : world.nodes().all().size() < 2 && shape != Shape.EVERYTHING ? "needs two nodes" : null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            String node = world.any(dice).name();
            List<String> others = world.nodes().all().stream()
                    .map(SkeinNode::name)
                    .filter(other -> !other.equals(node))
                    .toList();
            Network network = world.network();
            return switch (shape) {
                case NODES, EVERYTHING -> {
                    for (String other : others) {
                        cutBoth(network, node, other);
                    }
                    if (shape == Shape.EVERYTHING) {
                        cutBoth(network, node, "pg");
                    }
                    yield node + " is cut off from " + others + (shape == Shape.EVERYTHING ? " and PostgreSQL" : "");
                }
                case ONE_WAY -> {
                    String other = others.get(dice.nextInt(others.size()));
                    network.cut(node, other);
                    yield "packets from " + node + " to " + other + " are lost";
                }
                case PAIR -> {
                    String other = others.get(dice.nextInt(others.size()));
                    cutBoth(network, node, other);
                    yield node + " and " + other + " do not hear each other";
                }
            };
        }

        private static void cutBoth(Network network, String one, String other)
                throws IOException, InterruptedException {
            network.cut(one, other);
            network.cut(other, one);
        }

        @Override
        public int seconds() {
            return 15;
        }

        @Override
        public void mend(World world) throws IOException, InterruptedException {
            world.network().heal();
        }
    }

    /** Single packets are lost on their way to a node. */
    private static final class Loss implements Fault {
        @Override
        public String name() {
            return "loss";
        }

        @Override
        public @Nullable String impossible(World world) {
            return !(world.network() instanceof Namespaces spaces)
                    ? NEEDS_NAMESPACES
                    : spaces.isLossy() ? null : "needs nft (tc netem is not used: not every kernel has it)";
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            String node = world.any(dice).name();
            int percent = 5 + dice.nextInt(25);
            ((Namespaces) world.network()).lose(node, percent);
            return percent + " % of the packets to " + node + " are lost";
        }

        @Override
        public int seconds() {
            return 15;
        }

        @Override
        public void mend(World world) throws IOException, InterruptedException {
            world.network().heal();
        }
    }

    /** A node's packets queue behind a narrow line: delay that grows with what is sent. */
    private static final class Slow implements Fault {
        @Override
        public String name() {
            return "slow";
        }

        @Override
        public @Nullable String impossible(World world) {
            return world.network() instanceof Namespaces ? null : NEEDS_NAMESPACES;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            String node = world.any(dice).name();
            int kilobits = 200 + dice.nextInt(800);
            ((Namespaces) world.network()).slow(node, kilobits);
            return "what " + node + " sends goes at " + kilobits + " kbit/s";
        }

        @Override
        public int seconds() {
            return 15;
        }

        @Override
        public void mend(World world) throws IOException, InterruptedException {
            world.network().heal();
        }
    }

    private record KillPostgres(String name, boolean hard) implements Fault {
        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            if (hard) {
                world.postgres().kill();
                return "kill -9 of all of PostgreSQL";
            }
            world.postgres().stopImmediately();
            return "immediate shutdown of PostgreSQL";
        }

        @Override
        public int seconds() {
            return 1;
        }

        @Override
        public void mend(World world) throws Exception {
            world.postgres().start();
        }
    }

    private static final class EndConnections implements Fault {
        @Override
        public String name() {
            return "postgres-connections";
        }

        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws Exception {
            world.postgres().terminateConnections();
            return "pg_terminate_backend of every connection";
        }

        @Override
        public int seconds() {
            return 2;
        }

        @Override
        public void mend(World world) {}
    }

    private static final class StallPostgres implements Fault {
        @Override
        public String name() {
            return "postgres-stall";
        }

        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            world.postgres().signalAll("STOP");
            return "SIGSTOP of all of PostgreSQL";
        }

        @Override
        public int seconds() {
            return 20;
        }

        @Override
        public void mend(World world) throws IOException, InterruptedException {
            world.postgres().signalAll("CONT");
        }
    }

    /** The journal's disk has no room left. */
    private static final class FullDisk implements Fault {
        private static final int BLOCK = 1 << 20;

        private @Nullable Path ballast;

        @Override
        public String name() {
            return "disk-full";
        }

        @Override
        public @Nullable String impossible(World world) {
            return world.smallDisk() == null ? "needs root for a disk of its own" : null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException {
            Path file = Objects.requireNonNull(world.smallDisk()).resolve("ballast");
            ballast = file;
            long written = 0;
            try (var out = Files.newOutputStream(file)) {
                byte[] block = new byte[BLOCK];
                while (true) {
                    out.write(block);
                    written += BLOCK;
                }
            } catch (IOException e) {
                // That is what is wanted: it is full.
                return "the disk is full: %d MiB of ballast (%s)".formatted(written / BLOCK, e.getMessage());
            }
        }

        @Override
        public int seconds() {
            return 10;
        }

        @Override
        public void mend(World world) throws IOException {
            Files.deleteIfExists(Objects.requireNonNull(ballast));
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
        public String strike(World world, Random dice) throws IOException, InterruptedException {
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
        public String strike(World world, Random dice) throws IOException, InterruptedException {
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
        public void mend(World world) throws IOException, InterruptedException {
            Objects.requireNonNull(world.clock()).set(0);
            // Long enough to be believed: it is asked once a second.
            Thread.sleep(2_000);
            world.restart(Objects.requireNonNull(node), Map.of());
        }
    }
}
