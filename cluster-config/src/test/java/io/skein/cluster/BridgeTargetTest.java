package io.skein.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class BridgeTargetTest {
    private static final String HOOK =
            "name = audit, type = webhook, url = \"https://example.com/hook?k=1\", allow = [\"streams/agent.*\","
                    + " \"board/x\"]";
    private static final String RELAY =
            "name = mirror, type = nostr, url = \"wss://relay.example\", allow = \"streams/*\", secret = \""
                    + "ab".repeat(32) + "\"";

    private static List<BridgeTarget> read(String... targets) {
        String blocks = "skein.bridge.targets = [{" + String.join("}, {", targets) + "}]";
        return SkeinSettings.from(ConfigFactory.parseString(blocks)
                        .withFallback(ConfigFactory.load())
                        .resolve())
                .bridge()
                .targets();
    }

    private static String refused(String... targets) {
        return String.valueOf(
                assertThrows(SettingsException.class, () -> read(targets)).getMessage());
    }

    @Test
    void B1_withoutTargets_nothingLeaves() {
        assertEquals(
                List.of(), SkeinSettings.from(ConfigFactory.load()).bridge().targets());
    }

    @Test
    void targets_areRead() {
        List<BridgeTarget> targets = read(HOOK, RELAY + ", event-kind = 1, allow-private-address = true");
        BridgeTarget hook = targets.getFirst();
        assertEquals("audit", hook.name());
        assertEquals(List.of("streams/agent.*", "board/x"), hook.allow());
        assertFalse(hook.allowPrivateAddress());
        assertEquals(30_078, hook.eventKind());
        assertEquals(1, targets.getLast().eventKind());
        assertTrue(targets.getLast().allowPrivateAddress());
        assertFalse(targets.toString().contains("abab"), "a secret is not shown");
        assertFalse(targets.toString().contains("k=1"), "nor what else may be one");
    }

    @Test
    void whatIsWrong_isNamed() {
        assertTrue(refused(HOOK, HOOK).contains("targets[1].name"));
        assertTrue(refused(HOOK + ", colour = red").contains("targets[0].colour"));
        assertTrue(refused(HOOK + ", name = Audit").contains("targets[0].name"));
        assertTrue(refused(HOOK + ", type = smtp").contains("targets[0].type"));
        assertTrue(refused(HOOK + ", url = \"ws://example.com\"").contains("targets[0].url"));
        assertTrue(refused(HOOK + ", url = \"https://me:secret@example.com\"").contains("targets[0].url"));
        assertTrue(refused(HOOK + ", allow = [\"*\"]").contains("targets[0].allow"));
        String key = refused(RELAY + ", secret = \"abcd\"");
        assertTrue(key.contains("targets[0].secret") && !key.contains("abcd"), key);
    }
}
