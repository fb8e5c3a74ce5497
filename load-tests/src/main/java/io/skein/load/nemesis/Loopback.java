package io.skein.load.nemesis;

import java.util.List;

/** Members on addresses of the loopback interface: where there is no root, and nothing to cut. */
final class Loopback implements Network {
    private final String why;

    /** @param why there are no namespaces */
    Loopback(String why) {
        this.why = why;
    }

    @Override
    public List<String> enter(String member) {
        return List.of();
    }

    @Override
    public String inside(String member) {
        return member.equals("pg") ? "127.0.0.1" : "127.0.0.1" + member.substring(1);
    }

    @Override
    public String outside(String member) {
        return inside(member);
    }

    @Override
    public boolean canCut() {
        return false;
    }

    @Override
    public String description() {
        return "loopback addresses, no faults of the network: " + why;
    }

    @Override
    public void cut(String from, String to) {
        throw new UnsupportedOperationException("loopback cannot be cut");
    }

    @Override
    public void heal() {}

    @Override
    public void close() {}
}
