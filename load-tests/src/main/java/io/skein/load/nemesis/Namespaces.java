package io.skein.load.nemesis;

import io.skein.load.machine.Commands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace for each member, with two interfaces: {@code in} on a bridge that only members are on, {@code out} on one where
 * the clients are. Names and addresses carry this process' id, so that two runs do not meet.
 */
final class Namespaces implements Network {
    private static final int TAG_RANGE = 200;

    private static final Pattern NAMESPACE = Pattern.compile("skein-(\\d+)-(pg|n\\d+)");

    private final long pid;
    private final List<String> members;
    private final boolean lossy;
    private final Thread hook = Thread.ofPlatform().unstarted(this::removeQuietly);

    private Namespaces(long pid, List<String> members, boolean lossy) {
        this.pid = pid;
        this.members = List.copyOf(members);
        this.lossy = lossy;
    }

    /** Makes the namespaces, or says why that is not possible here and takes loopback addresses. */
    static Network orLoopback(List<String> members) throws IOException, InterruptedException {
        if (!Commands.works("ip", "netns", "add", "skein-probe")) {
            return new Loopback("no root, or no iproute2");
        }
        Commands.run("ip", "netns", "del", "skein-probe");
        removeStale();
        var network = new Namespaces(ProcessHandle.current().pid(), members, Commands.works("nft", "--version"));
        Runtime.getRuntime().addShutdownHook(network.hook);
        try {
            network.make();
            return network;
        } catch (IOException e) {
            network.close();
            return new Loopback("no links between namespaces: " + e.getMessage());
        } catch (InterruptedException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** Takes away what a run has left that was killed. */
    private static void removeStale() throws IOException, InterruptedException {
        var stale = new TreeMap<Long, List<String>>();
        Matcher names = NAMESPACE.matcher(Commands.run("ip", "netns", "list"));
        while (names.find()) {
            stale.computeIfAbsent(Long.valueOf(names.group(1)), _ -> new ArrayList<>())
                    .add(names.group(2));
        }
        stale.forEach((pid, members) -> {
            if (ProcessHandle.of(pid).isEmpty()) {
                new Namespaces(pid, members, false).removeQuietly();
            }
        });
    }

    private void make() throws IOException, InterruptedException {
        for (String side : List.of("in", "out")) {
            Commands.run("ip", "link", "add", bridge(side), "type", "bridge");
            Commands.run("ip", "link", "set", bridge(side), "up");
        }
        Commands.run("ip", "addr", "add", address("out", 1) + "/24", "dev", bridge("out"));
        for (String member : members) {
            Commands.run("ip", "netns", "add", namespace(member));
            within(member, "ip", "link", "set", "lo", "up");
            for (String side : List.of("in", "out")) {
                String outer = "sk" + tag() + member + side.charAt(0);
                Commands.run(
                        "ip", "link", "add", outer, "type", "veth", "peer", "name", side, "netns", namespace(member));
                Commands.run("ip", "link", "set", outer, "master", bridge(side), "up");
                within(member, "ip", "addr", "add", address(side, number(member)) + "/24", "dev", side);
                within(member, "ip", "link", "set", side, "up");
            }
        }
    }

    @Override
    public List<String> enter(String member) {
        return List.of("ip", "netns", "exec", namespace(member));
    }

    @Override
    public String inside(String member) {
        return address("in", number(member));
    }

    @Override
    public String outside(String member) {
        return address("out", number(member));
    }

    @Override
    public boolean canCut() {
        return true;
    }

    /** Whether single packets can be lost: where nftables is. */
    boolean isLossy() {
        return lossy;
    }

    @Override
    public String description() {
        return "a network namespace for each member" + (lossy ? "" : "; no loss of single packets: no nft");
    }

    @Override
    public void cut(String from, String to) throws IOException, InterruptedException {
        within(from, "ip", "route", "replace", "blackhole", inside(to) + "/32");
    }

    /** Packets to a member are lost at random. */
    void lose(String member, int percent) throws IOException, InterruptedException {
        within(member, "nft", "add", "table", "ip", "skein");
        within(member, "nft", "add chain ip skein in { type filter hook input priority 0; }");
        within(member, "nft", "add rule ip skein in iif in numgen random mod 100 < " + percent + " drop");
    }

    /** What a member sends queues up behind a narrow line. */
    void slow(String member, int kilobits) throws IOException, InterruptedException {
        within(
                member,
                "tc",
                "qdisc",
                "replace",
                "dev",
                "in",
                "root",
                "tbf",
                "rate",
                kilobits + "kbit",
                "burst",
                "8kb",
                "latency",
                "400ms");
    }

    @Override
    public void heal() throws IOException, InterruptedException {
        for (String member : members) {
            within(member, "ip", "route", "flush", "type", "blackhole");
            if (within(member, "tc", "qdisc", "show", "dev", "in").contains("tbf")) {
                within(member, "tc", "qdisc", "del", "dev", "in", "root");
            }
            if (lossy && within(member, "nft", "list", "tables").contains("skein")) {
                within(member, "nft", "delete", "table", "ip", "skein");
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is ending, and the hook does it.
        }
        List<String> left = remove();
        if (!left.isEmpty()) {
            throw new IOException("could not be removed: " + left);
        }
    }

    /** When nobody is left to be told: what is not there need not be removed. */
    private void removeQuietly() {
        List<String> left = remove();
        if (!left.isEmpty()) {
            System.err.println("left behind: " + left);
        }
    }

    /** Takes away whatever of it is there, and says what could not be. */
    private List<String> remove() {
        var left = new ArrayList<String>();
        try {
            for (String member : members) {
                remove(left, "ip", "netns", "del", namespace(member));
            }
            for (String side : List.of("in", "out")) {
                remove(left, "ip", "link", "del", bridge(side));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return left;
    }

    private static void remove(List<String> left, String... command) throws InterruptedException {
        try {
            Commands.run(command);
        } catch (IOException e) {
            left.add(e.getMessage());
        }
    }

    private String within(String member, String... command) throws IOException, InterruptedException {
        var all = new ArrayList<>(enter(member));
        all.addAll(List.of(command));
        return Commands.run(all);
    }

    private String namespace(String member) {
        return "skein-" + pid + "-" + member;
    }

    /** Names of interfaces are short. */
    private String tag() {
        return Long.toString(pid, 36);
    }

    private String bridge(String side) {
        return "sk" + tag() + side;
    }

    private String address(String side, int host) {
        return "10." + (side.equals("in") ? 83 : 84) + "." + pid % TAG_RANGE + "." + host;
    }

    private static int number(String member) {
        return member.equals("pg") ? 10 : 10 + Integer.parseInt(member.substring(1));
    }
}
