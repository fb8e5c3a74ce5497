package io.skein.engine.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.CallCodec;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Secret;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.spaces.SpaceTables;
import io.skein.modules.spaces.SpacesModule;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecretKeysTest {
    private static final String PLAIN = "sk-very-secret-0123456789";
    private static final String ONE = key("one", 1);
    private static final String TWO = key("two", 2);

    private final SecretKeys before = SecretKeys.inUse();

    record Vault(
            @Secret Optional<String> note,
            @Key String id,
            @Secret String value,
            int more) {}

    record Open(Optional<String> note, @Key String id, String value, int more) {}

    private static String key(String id, int seed) {
        var bytes = new byte[32];
        java.util.Arrays.fill(bytes, (byte) seed);
        return id + ":" + Base64.getEncoder().encodeToString(bytes);
    }

    @BeforeEach
    void useOne() {
        use("", ONE);
    }

    @AfterEach
    void restore() {
        SecretKeys.useOnly(before);
    }

    private static void use(String current, String... keys) {
        SecretKeys.useOnly(SecretKeys.of(List.of(keys), current));
    }

    private static byte[] written(Record row) {
        return ByteWriter.collect(out -> ValueCodec.writeRow(out, Shape.of(row.getClass()), row));
    }

    private static <R> R read(byte[] bytes, Class<R> type) {
        var in = new ByteReader(bytes);
        R row = ValueCodec.readRow(in, Shape.of(type));
        in.requireEnd();
        return row;
    }

    private static boolean shows(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
    }

    private static final Vault ROW = new Vault(Optional.of(PLAIN), "id", PLAIN, 7);

    @Test
    void S1_aSecretIsSealedAndOpensAgain() {
        byte[] bytes = written(ROW);
        assertFalse(shows(bytes, PLAIN));
        assertTrue(shows(bytes, "one"), "the key's id");
        assertEquals(ROW, read(bytes, Vault.class));
        assertArrayEquals(bytes, written(ROW), "a row has one encoding");
        var empty = new Vault(Optional.empty(), "id", "", 7);
        assertEquals(empty, read(written(empty), Vault.class));
        var in = new ByteReader(bytes);
        ValueCodec.skip(in);
        in.requireEnd();
    }

    @Test
    void S1_equalSecretsOfTwoRowsOrColumnsLookDifferent() {
        byte[] one = SecretKeysTest.box(ROW, 2);
        assertFalse(java.util.Arrays.equals(one, box(new Vault(Optional.empty(), "other", PLAIN, 7), 2)));
        assertFalse(java.util.Arrays.equals(one, box(ROW, 0)));
    }

    private static byte[] box(Vault row, int ordinal) {
        return ByteWriter.collect(out -> ValueCodec.writeSealed(out, Shape.of(Vault.class), row, ordinal));
    }

    @Test
    void S1_aSealedValueOpensInItsPlaceAlone() {
        byte[] bytes = written(ROW);
        byte[] moved = new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("\u0005\u0002id", "\u0005\u0002xx")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertFalse(java.util.Arrays.equals(bytes, moved));
        assertThrows(CorruptException.class, () -> read(moved, Vault.class));
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            int place = at;
            Optional<Vault> different = Optional.empty();
            try {
                different = Optional.of(read(damaged, Vault.class));
            } catch (CorruptException e) {
                continue;
            }
            assertEquals(ROW.value(), different.get().value(), "byte " + place);
        }
    }

    /** Found by a fuzzer: what stands in the place of a key was taken for one. */
    @Test
    void S1_aKeyThatIsSealedIsCorrupt() {
        byte[] bytes = new String(written(ROW), StandardCharsets.ISO_8859_1)
                .replace("\u0005\u0002id", new String(box(ROW, 0), StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
        var corrupt = assertThrows(CorruptException.class, () -> read(bytes, Vault.class));
        assertTrue(String.valueOf(corrupt.getMessage()).contains("id"), corrupt.getMessage());
    }

    @Test
    void S1_keysRotate() {
        byte[] old = written(ROW);
        use("", TWO, ONE);
        byte[] fresh = written(ROW);
        assertTrue(shows(fresh, "two"));
        assertFalse(shows(fresh, "one"));
        assertEquals(ROW, read(old, Vault.class));
        assertEquals(ROW, read(fresh, Vault.class));
        use("one", TWO, ONE);
        assertArrayEquals(old, written(ROW));
        use("", ONE);
        var missing = assertThrows(SealedException.class, () -> read(fresh, Vault.class));
        assertTrue(String.valueOf(missing.getMessage()).contains("\"two\""), missing.getMessage());
    }

    @Test
    void S1_anotherKeyOfTheSameIdOpensNothing() {
        byte[] bytes = written(ROW);
        use("", key("one", 9));
        assertThrows(CorruptException.class, () -> read(bytes, Vault.class));
    }

    @Test
    void S1_aColumnMayBecomeSecretOrCeaseToBe() {
        byte[] sealed = written(ROW);
        byte[] open = written(new Open(Optional.of(PLAIN), "id", PLAIN, 7));
        assertEquals(ROW, read(open, Vault.class));
        assertEquals(PLAIN, read(sealed, Open.class).value());
    }

    @Test
    void S1_nothingOfASecretIsInJournalAndSnapshot() {
        var space = TestWorkspace.of(new SpacesModule());
        var args = new SpacesModule.SaveSecrets(List.of(new SpacesModule.GivenSecret("openai", PLAIN)));
        space.owner().withKey("once").accepted("save_secrets", args);
        assertEquals(PLAIN, space.rows(SpaceTables.SECRETS).getFirst().value());
        byte[] snapshot = SnapshotCodec.encode(space.state());
        space.journal().forEach(group -> group.transactions().forEach(each -> assertFalse(shows(each, PLAIN))));
        assertFalse(shows(snapshot, PLAIN));
        assertTrue(shows(snapshot, "openai"), "the key of a secret is none");
    }

    @Test
    void S1_withoutAKeyNothingSecretIsKept() {
        SecretKeys.useOnly(SecretKeys.NONE);
        var space = TestWorkspace.of(new SpacesModule());
        var args = new SpacesModule.SaveSecrets(List.of(new SpacesModule.GivenSecret("openai", PLAIN)));
        var refusal = space.refused("save_secrets", args);
        assertEquals("no_secret_key", refusal.reason());
        assertTrue(refusal.message().contains("skein.secrets.keys"), refusal.message());
        assertFalse(refusal.message().contains(PLAIN));
        assertEquals(List.of(), space.rows(SpaceTables.SECRETS));
        Call call = Call.of(space.owner().identity(), "save_secrets", args);
        byte[] between = ByteWriter.collect(out -> CallCodec.write(out, call));
        assertFalse(shows(between, PLAIN), "nor does it go to another node");
        var decision = new Decider(DecideLimits.DEFAULT)
                .decide(
                        space.state(),
                        CallCodec.read(new ByteReader(between)),
                        space.state().timeMicros());
        assertEquals("no_secret_key", ((Decision.Refuse) decision).refusal().reason());
    }

    @Test
    void keysThatAreNone_areRefusedAndNotShown() {
        for (String bad : List.of("x", ":AAAA", "one:!!", "one:AAAA", "a b:" + ONE.substring(4))) {
            var e = assertThrows(IllegalArgumentException.class, () -> SecretKeys.of(List.of(bad), ""));
            assertFalse(String.valueOf(e.getMessage()).contains("AAAA"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> SecretKeys.of(List.of(ONE, ONE), ""));
        assertThrows(IllegalArgumentException.class, () -> SecretKeys.of(List.of(ONE), "two"));
        assertThrows(IllegalArgumentException.class, () -> SecretKeys.of(List.of(), "two"));
        assertNotEquals("", SecretKeys.of(List.of(ONE), "").toString());
        assertFalse(SecretKeys.of(List.of(ONE), "").toString().contains(ONE.substring(4)));
    }

    record SecretKeyed(@Key @Secret String id) {}

    record Around(@Key String id, Vault inside) {}

    @Test
    void secretsHaveTheirPlaces() {
        assertThrows(IllegalArgumentException.class, () -> Shape.of(SecretKeyed.class));
        assertThrows(IllegalArgumentException.class, () -> Table.of("around", Around.class));
        assertTrue(Shape.of(Around.class).hasSecrets());
    }
}
