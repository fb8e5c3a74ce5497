package io.skein.modules.board;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Instant;

/**
 * A board of cards in columns: the smallest module that is of use, and the one to read first. Rows are records, commands are records,
 * and nothing here knows of actors, SQL or JSON.
 */
public final class BoardModule implements Module {
    /**
     * A card.
     *
     * @param column from 0, left to right
     * @param rank cards of a column are shown in ascending order of it
     */
    public record Card(
            @Key String id,
            String title,
            int column,
            double rank,
            @Default("") String color) {}

    /** A remark on a card. Remarks have no key: two equal ones are two. */
    public record Remark(String cardId, Identity author, String text, Instant writtenAt) {}

    /** Somebody is pointing at a card right now. */
    public record Nudge(String cardId, Identity by) {}

    public record AddCard(
            String id,
            String title,
            int column,
            @Default("0") double rank) {}

    public record MoveCard(String id, int column, double rank) {}

    public record EditCard(
            String id, String title, @Default("") String color) {}

    public record RemoveCard(String id) {}

    public record AddRemark(String cardId, String text) {}

    public record NudgeCard(String cardId) {}

    public static final Table<Card> CARDS = Table.of("card", Card.class);
    public static final Table<Remark> REMARKS = Table.of("remark", Remark.class);
    public static final Table<Nudge> NUDGES = Table.event("nudge", Nudge.class);
    private static final Index<Remark, String> REMARKS_OF_CARD = REMARKS.index("card_id", String.class);

    private static final int MAX_ID = 100;
    private static final int MAX_COLOR = 30;
    private static final int MAX_COLUMNS = 20;
    private static final int MAX_TITLE = 500;

    @Override
    public void define(Definition module) {
        module.name("board").version(1);
        module.table(CARDS);
        module.table(REMARKS);
        module.table(NUDGES);
        module.reducer("add_card", AddCard.class, Role.EDITOR, BoardModule::addCard);
        module.reducer("move_card", MoveCard.class, Role.EDITOR, BoardModule::moveCard);
        module.reducer("edit_card", EditCard.class, Role.EDITOR, BoardModule::editCard);
        module.reducer("remove_card", RemoveCard.class, Role.EDITOR, BoardModule::removeCard);
        module.reducer("add_remark", AddRemark.class, Role.VIEWER, BoardModule::addRemark);
        module.reducer("nudge_card", NudgeCard.class, Role.VIEWER, BoardModule::nudgeCard);
    }

    private static void addCard(Tx tx, AddCard in) {
        tx.require(
                !in.id().isBlank() && in.id().length() <= MAX_ID,
                "invalid_id",
                "an id has 1 to " + MAX_ID + " characters");
        if (tx.in(CARDS).find(in.id()).isPresent()) {
            throw tx.reject("card_exists", "there is a card " + in.id());
        }
        requireTitle(tx, in.title());
        requireColumn(tx, in.column());
        tx.in(CARDS).insert(new Card(in.id(), in.title(), in.column(), in.rank(), ""));
    }

    private static void moveCard(Tx tx, MoveCard in) {
        Card card = card(tx, in.id());
        requireColumn(tx, in.column());
        tx.in(CARDS).update(new Card(card.id(), card.title(), in.column(), in.rank(), card.color()));
    }

    private static void editCard(Tx tx, EditCard in) {
        Card card = card(tx, in.id());
        requireTitle(tx, in.title());
        tx.require(
                in.color().length() <= MAX_COLOR, "invalid_color", "a color has at most " + MAX_COLOR + " characters");
        tx.in(CARDS).update(new Card(card.id(), in.title(), card.column(), card.rank(), in.color()));
    }

    private static void removeCard(Tx tx, RemoveCard in) {
        tx.require(tx.in(CARDS).delete(in.id()), "card_missing");
        tx.in(REMARKS).where(REMARKS_OF_CARD, in.id()).forEach(tx.in(REMARKS)::delete);
    }

    private static void addRemark(Tx tx, AddRemark in) {
        card(tx, in.cardId());
        requireTitle(tx, in.text());
        tx.in(REMARKS).insert(new Remark(in.cardId(), tx.sender(), in.text(), tx.time()));
    }

    private static void nudgeCard(Tx tx, NudgeCard in) {
        card(tx, in.cardId());
        tx.emit(NUDGES, new Nudge(in.cardId(), tx.sender()));
    }

    private static Card card(Tx tx, String id) {
        return tx.in(CARDS).find(id).orElseThrow(() -> tx.reject("card_missing", "there is no card " + id));
    }

    private static void requireTitle(Tx tx, String title) {
        tx.require(
                !title.isBlank() && title.length() <= MAX_TITLE,
                "invalid_title",
                "a text has 1 to " + MAX_TITLE + " characters");
    }

    private static void requireColumn(Tx tx, int column) {
        tx.require(
                column >= 0 && column < MAX_COLUMNS,
                "invalid_column",
                "columns are numbered 0 to " + (MAX_COLUMNS - 1));
    }
}
