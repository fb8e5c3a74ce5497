package io.skein.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Another system to which events of modules may go.
 *
 * @param secret of a webhook: what signs its requests, or empty; of a relay: its private key, 64 hex digits
 * @param eventKind of a relay: the kind of its events
 * @param allow which events go there, as {@code module/kind}; the kind may end in {@code *}
 */
public record BridgeTarget(
        String name,
        Type type,
        URI url,
        String secret,
        int eventKind,
        List<String> allow,
        boolean allowPrivateAddress) {
    /** How it is spoken to. */
    public enum Type {
        /** Over HTTP. */
        WEBHOOK,
        /** As a Nostr relay, over a WebSocket. */
        NOSTR;

        /** In order. */
        private List<String> schemes() {
            return switch (this) {
                case WEBHOOK -> List.of("http", "https");
                case NOSTR -> List.of("ws", "wss");
            };
        }
    }

    private static final int MAX_TARGETS = 32;
    private static final int MAX_EVENT_KIND = 65_535;
    private static final Config OPTIONAL =
            ConfigFactory.parseString("secret = \"\", event-kind = 30078, allow-private-address = false");
    private static final Set<String> KEYS =
            Set.of("name", "type", "url", "secret", "event-kind", "allow", "allow-private-address");

    public BridgeTarget {
        allow = List.copyOf(allow);
    }

    /** Without the secret, and without the rest of the URL, which may hold one. */
    @Override
    public String toString() {
        return "BridgeTarget[%s, %s, %s]".formatted(name, type, url.getHost());
    }

    static List<BridgeTarget> all(Section bridge) {
        List<? extends Config> blocks;
        try {
            blocks = bridge.config().getConfigList("targets");
        } catch (ConfigException e) {
            throw new SettingsException(bridge.path() + ".targets must be a list of blocks { … }", e);
        }
        if (blocks.size() > MAX_TARGETS) {
            throw new SettingsException(bridge.path() + ".targets must be at most " + MAX_TARGETS);
        }
        var targets = new ArrayList<BridgeTarget>();
        var names = new HashSet<String>();
        for (Config block : blocks) {
            String path = "%s.targets[%d]".formatted(bridge.path(), targets.size());
            refuseUnknown(path, block);
            BridgeTarget target = read(new Section(path, block.withFallback(OPTIONAL)));
            if (!names.add(target.name())) {
                throw new SettingsException(path + ".name must not be that of another target: " + target.name());
            }
            targets.add(target);
        }
        return List.copyOf(targets);
    }

    private static void refuseUnknown(String path, Config block) {
        for (String key : block.root().keySet()) {
            if (!KEYS.contains(key)) {
                throw new SettingsException("There is no setting " + path + "." + key);
            }
        }
    }

    private static BridgeTarget read(Section target) {
        String name = target.nonEmptyText("name");
        if (!name.matches("[a-z][a-z0-9_]{0,30}")) {
            throw target.refuse("name", "must be 1 to 31 lower-case letters, digits and underscores, first a letter");
        }
        Type type = target.choice("type", Type.class);
        String secret = target.text("secret");
        if (type == Type.NOSTR && !secret.matches("[0-9a-fA-F]{64}")) {
            throw new SettingsException(target.path() + ".secret must be the relay's private key, 64 hex digits");
        }
        List<String> allow = target.texts("allow");
        for (String pattern : allow) {
            if (!pattern.matches("[a-z][a-z0-9-]*/([a-z0-9._-]*\\*|[a-z0-9._-]+)")) {
                throw target.refuse("allow", "must be patterns module/kind, whose kind may end in *");
            }
        }
        return new BridgeTarget(
                name,
                type,
                url(target, type),
                secret,
                target.count("event-kind", 0, MAX_EVENT_KIND),
                allow,
                target.flag("allow-private-address"));
    }

    private static URI url(Section target, Type type) {
        try {
            URI url = new URI(target.nonEmptyText("url"));
            if (url.getHost() != null
                    && url.getUserInfo() == null
                    && type.schemes().contains(url.getScheme())) {
                return url;
            }
        } catch (URISyntaxException _) {
            // said below: the URL itself may hold a secret, and so may the parser's message
        }
        throw new SettingsException(
                target.path() + ".url must be a URL with a host, without a user, of a scheme of " + type.schemes());
    }
}
