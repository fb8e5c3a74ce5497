package io.skein.load.upgrade;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.modules.board.BoardModule;
import io.skein.modules.board.BoardModule.AddRemark;
import io.skein.modules.board.BoardModule.MoveCard;
import io.skein.modules.board.BoardModule.Nudge;
import io.skein.modules.board.BoardModule.NudgeCard;
import io.skein.modules.board.BoardModule.RemoveCard;
import java.time.Instant;

/**
 * The board as its next version could be: cards have a label, which is asked for when one is made or changed, and which cards that are there already get
 * from the migration.
 */
public final class NextBoard implements Module {
    /** What cards of the first version are labelled with. */
    public static final String MIGRATED = "migrated";

    public record Card(
            @Key String id,
            String title,
            int column,
            double rank,
            @Default("") String color,
            @Default("") String label) {}

    public record Remark(String cardId, Identity author, String text, Instant writtenAt) {}

    public record AddCard(
            String id,
            String title,
            int column,
            @Default("0") double rank,
            @Default("") String label) {}

    public record EditCard(
            String id,
            String title,
            @Default("") String color,
            @Default("") String label) {}

    private static final Table<Card> CARDS = Table.of("card", Card.class);
    private static final Table<Remark> REMARKS = Table.of("remark", Remark.class);
    private static final Index<Remark, String> REMARKS_OF_CARD = REMARKS.index("card_id", String.class);

    @Override
    public void define(Definition module) {
        module.name("board").version(2);
        module.table(CARDS);
        module.table(REMARKS);
        module.table(BoardModule.NUDGES);
        module.reducer("add_card", AddCard.class, Role.EDITOR, NextBoard::addCard);
        module.reducer("move_card", MoveCard.class, Role.EDITOR, NextBoard::moveCard);
        module.reducer("edit_card", EditCard.class, Role.EDITOR, NextBoard::editCard);
        module.reducer("remove_card", RemoveCard.class, Role.EDITOR, NextBoard::removeCard);
        module.reducer("add_remark", AddRemark.class, Role.VIEWER, NextBoard::addRemark);
        module.reducer("nudge_card", NudgeCard.class, Role.VIEWER, NextBoard::nudgeCard);
    }

    @Override
    public void migrate(int fromVersion, Tx tx) {
        for (Card card : tx.in(CARDS).all()) {
            tx.in(CARDS).update(new Card(card.id(), card.title(), card.column(), card.rank(), card.color(), MIGRATED));
        }
    }

    private static void addCard(Tx tx, AddCard in) {
        if (tx.in(CARDS).find(in.id()).isPresent()) {
            throw tx.reject("card_exists", "there is a card " + in.id());
        }
        tx.in(CARDS).insert(new Card(in.id(), in.title(), in.column(), in.rank(), "", in.label()));
    }

    private static void moveCard(Tx tx, MoveCard in) {
        Card card = card(tx, in.id());
        tx.in(CARDS).update(new Card(card.id(), card.title(), in.column(), in.rank(), card.color(), card.label()));
    }

    private static void editCard(Tx tx, EditCard in) {
        Card card = card(tx, in.id());
        tx.in(CARDS).update(new Card(card.id(), in.title(), card.column(), card.rank(), in.color(), in.label()));
    }

    private static void removeCard(Tx tx, RemoveCard in) {
        tx.require(tx.in(CARDS).delete(in.id()), "card_missing");
        tx.in(REMARKS).where(REMARKS_OF_CARD, in.id()).forEach(tx.in(REMARKS)::delete);
    }

    private static void addRemark(Tx tx, AddRemark in) {
        card(tx, in.cardId());
        tx.in(REMARKS).insert(new Remark(in.cardId(), tx.sender(), in.text(), tx.time()));
    }

    private static void nudgeCard(Tx tx, NudgeCard in) {
        card(tx, in.cardId());
        tx.emit(BoardModule.NUDGES, new Nudge(in.cardId(), tx.sender()));
    }

    private static Card card(Tx tx, String id) {
        return tx.in(CARDS).find(id).orElseThrow(() -> tx.reject("card_missing", "there is no card " + id));
    }
}
