package io.skein.modules.rooms.yjs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The bytes here were made by {@code yjs} 13.6.33. Random documents are checked against Yjs itself by {@code DocumentsTest} of the edge. */
class UpdateTest {
    /** Client 7 types "abc" letter by letter. */
    private static final List<String> LETTERS =
            List.of("0101070004010174016100", "01010701840700016200", "01010702840701016300");

    private static final String WHOLE = "01010700040101740361626300";
    /** And deletes the b. */
    private static final String DELETION = "000107010101";

    /** Client 9 types "x😀y". */
    private static final String EMOJI = "01010900040101740678f09f98807900";

    /** Client 5 sets a key of a map, twice. */
    private static final List<String> MAP = List.of("010105002801016d016b017d0100", "01010501a80500017d020105010001");

    /** Client 3 puts in one of everything. */
    private static final String ALL_KINDS =
            "010803000601017404626f6c640474727565840300016186030104626f6c64046e756c6c850302077b2269223a317d0801016c067e"
                    + "787d417c3fc000007701737602016175017d0101757f830309010189030a016776000701017803017000";

    private static Update update(String hex) throws MalformedException {
        return Update.read(HexFormat.of().parseHex(hex));
    }

    private static Update merged(List<String> hexes) throws MalformedException {
        var updates = new java.util.ArrayList<Update>();
        for (String hex : hexes) {
            updates.add(update(hex));
        }
        return Update.merge(updates);
    }

    private static String hex(Update update) {
        return HexFormat.of().formatHex(update.toBytes());
    }

    @Test
    void whatIsTypedInOneGo_becomesOnePieceAsInYjs() throws Exception {
        assertEquals(WHOLE, hex(merged(LETTERS)));
        assertEquals(WHOLE, hex(merged(LETTERS.reversed())));
    }

    @Test
    void whatIsThereTwice_isThereOnce() throws Exception {
        assertEquals(WHOLE, hex(merged(List.of(LETTERS.get(1), WHOLE, LETTERS.get(0)))));
        assertEquals(
                WHOLE,
                hex(merged(Stream.concat(LETTERS.stream(), LETTERS.stream()).toList())));
    }

    @Test
    void valuesOfAMap_stayApart() throws Exception {
        assertEquals(2, merged(MAP).structCount());
    }

    /** Client 7 types "a", client 8 "c" behind it, and client 7, which has that, "b" between them. */
    @Test
    void whatIsTypedInFrontOfSomethingNew_staysApart() throws Exception {
        assertEquals(
                2,
                merged(List.of(LETTERS.get(0), "01010701c4070008000162" + "00")).structCount());
        assertEquals(1, merged(LETTERS.subList(0, 2)).structCount());
    }

    @Test
    void aMissingPiece_isAHoleThatTheVectorEndsBefore() throws Exception {
        Update holed = merged(List.of(LETTERS.get(0), LETTERS.get(2)));
        assertEquals(3, holed.structCount());
        assertEquals(Map.of(7L, 1L), holed.vector().clocks());
        assertEquals(Map.of(), update(LETTERS.get(2)).vector().clocks());
        Update filled = Update.merge(List.of(update(hex(holed)), update(LETTERS.get(1))));
        assertEquals(WHOLE, hex(filled));
        assertEquals(Map.of(7L, 3L), filled.vector().clocks());
    }

    @Test
    void since_isWhatIsMissing() throws Exception {
        Update whole = merged(LETTERS);
        assertEquals("01010701840700026263" + "00", hex(whole.since(new StateVector(Map.of(7L, 1L)))));
        assertEquals("0000", hex(whole.since(new StateVector(Map.of(7L, 3L)))));
        assertEquals(WHOLE, hex(whole.since(StateVector.NOTHING)));
        Update deleted = merged(List.of(WHOLE, DELETION));
        assertEquals(DELETION, hex(deleted.since(new StateVector(Map.of(7L, 3L)))), "deletions go along");
    }

    @Test
    void halfACharacter_becomesWhatYjsMakesOfIt() throws Exception {
        assertEquals("0101090284090104efbfbd7900", hex(update(EMOJI).since(new StateVector(Map.of(9L, 2L)))));
        assertEquals("01010903840902017900", hex(update(EMOJI).since(new StateVector(Map.of(9L, 3L)))));
    }

    @Test
    void isWithin_knowsContentAndDeletions() throws Exception {
        Update whole = merged(LETTERS);
        assertTrue(update(LETTERS.get(2)).isWithin(whole));
        assertFalse(update(LETTERS.get(2)).isWithin(merged(LETTERS.subList(0, 2))));
        assertFalse(update(DELETION).isWithin(whole));
        Update deleted = merged(List.of(WHOLE, DELETION));
        assertTrue(update(DELETION).isWithin(deleted));
        assertTrue(update(LETTERS.get(0)).isWithin(deleted));
    }

    @Test
    void everyKindOfContent_isReadAndWrittenAsItWas() throws Exception {
        assertEquals(ALL_KINDS, hex(update(ALL_KINDS)));
    }

    @Test
    void whatClientsCouldNotRead_isRefused() {
        List<String> bad = List.of(
                "", // nothing at all
                "01", // cut off
                WHOLE + "00", // more behind it
                "ff".repeat(12), // a number too large
                "01010700040101740161", // no deletions
                "010107000401017402c32800", // text that is not UTF-8
                "010107000501017403" + "7b7d7d" + "00", // an embed whose JSON goes on
                "01010700070101740900", // a shared type that there is not
                "010107000b0101740100", // a kind of content that there is not
                "01010700040101740000", // text without a letter
                "0101070001010174" + "00" + "00", // a deletion of nothing
                "01010700080101740100" + "00"); // a value of no kind
        for (String hex : bad) {
            assertThrows(MalformedException.class, () -> update(hex), hex);
        }
    }

    @Test
    void nesting_hasAnEnd() {
        String deep = "75" + "0175".repeat(200) + "00";
        assertThrows(MalformedException.class, () -> update("010107000801017401" + deep + "00"));
    }

    /** Whatever comes, it is read or refused. */
    @Property(tries = 2_000)
    void anyBytes_areReadOrRefused(@ForAll @Size(max = 60) byte[] bytes) {
        read(bytes);
    }

    @Property(tries = 5_000)
    void anythingNearAnUpdate_isReadOrRefused(
            @ForAll @IntRange(max = 200) int at, @ForAll byte value, @ForAll @IntRange(max = 200) int length) {
        for (String hex : List.of(ALL_KINDS, WHOLE, DELETION, MAP.get(1))) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            bytes[at % bytes.length] = value;
            read(bytes);
            read(Arrays.copyOf(bytes, length % bytes.length));
        }
    }

    /** And what is read can be used. */
    private static void read(byte[] bytes) {
        try {
            Update update = Update.read(bytes);
            Update merged = Update.merge(List.of(update, update));
            Update again = Update.read(merged.toBytes());
            assertEquals(hex(merged), hex(again));
            assertEquals(merged.vector(), again.vector());
            merged.since(new StateVector(Map.of(3L, 2L, 7L, 1L)));
        } catch (MalformedException refused) {
            assertFalse(String.valueOf(refused.getMessage()).isEmpty());
        }
    }
}
