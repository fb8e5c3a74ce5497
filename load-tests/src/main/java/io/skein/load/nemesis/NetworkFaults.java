package io.skein.load.nemesis;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What can happen between nodes. */
final class NetworkFaults {
    private static final String NEEDS_NAMESPACES = "needs network namespaces";

    private NetworkFaults() {}

    /** One of each. */
    static List<Fault> all() {
        return List.of(
                new Partition("partition", Shape.NODES),
                new Partition("partition-database", Shape.EVERYTHING),
                new Partition("partition-one-way", Shape.ONE_WAY),
                new Partition("partition-bridge", Shape.PAIR),
                new Loss(),
                new Slow());
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
}
