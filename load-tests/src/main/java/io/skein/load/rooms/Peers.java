package io.skein.load.rooms;

import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.NodePeer;
import io.skein.load.peer.Peer;
import io.skein.load.peer.WsPostgresPeer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The systems that rooms can be made in, by name. */
final class Peers {
    private final Map<String, Peer> byName;

    /**
     * All that there are; none is started.
     *
     * @param skein the command that starts Skein
     * @param reference environment of the reference servers
     */
    Peers(List<String> skein, Map<String, String> reference) {
        byName = Stream.<Peer>concat(
                        Stream.of(
                                new NativeSkeinPeer(skein),
                                WsPostgresPeer.best(reference),
                                WsPostgresPeer.plain(reference),
                                WsPostgresPeer.memory(reference)),
                        NodePeer.ALL.stream())
                .collect(Collectors.toMap(Peer::name, Function.identity()));
    }

    /** @throws IllegalArgumentException if there is none of that name, with the names that there are */
    Peer named(String name) {
        Peer peer = byName.get(name);
        if (peer == null) {
            throw new IllegalArgumentException("no such system: " + name + "; there are "
                    + byName.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        return peer;
    }
}
