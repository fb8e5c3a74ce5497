package io.skein.engine.everything;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.Modules;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.View;
import io.skein.engine.view.ViewCodec;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a relay asks of an owner on another node is what the owner reads. */
class ViewCodecPropertiesTest {
    private static final ModuleSchema SCHEMA = Modules.schemaOf(new EverythingModule());

    @Provide
    Arbitrary<List<Subscription>> subscriptions() {
        return Filters.subscriptions();
    }

    @Property(tries = 500)
    void V3_a_view_is_the_same_on_another_node(@ForAll("subscriptions") List<Subscription> subscriptions) {
        byte[] bytes = bytes(subscriptions);
        assertArrayEquals(bytes, bytes(decoded(sent(subscriptions))));
        assertArrayEquals(bytes, bytes(decoded(sent(sent(subscriptions)))), "passed on before it is read");
    }

    /** Instants in a filter are compared as they are stored, so views are equal when their bytes are. */
    private static byte[] bytes(List<Subscription> subscriptions) {
        return ByteWriter.collect(out -> ViewCodec.write(out, subscriptions));
    }

    private static List<Subscription> decoded(List<Subscription> subscriptions) {
        return new View(new Audience(Role.EDITOR, Optional.empty()), subscriptions)
                .decoded(SCHEMA)
                .subscriptions();
    }

    @Property(tries = 200)
    void V3_a_view_that_is_cut_short_is_refused(@ForAll("subscriptions") List<Subscription> subscriptions) {
        byte[] bytes = bytes(subscriptions);
        for (int length = 0; length < bytes.length; length++) {
            var cut = new ByteReader(bytes, 0, length);
            assertThrows(CorruptException.class, () -> {
                ViewCodec.readSubscriptions(cut);
                throw new AssertionError("read from too few bytes");
            });
        }
    }

    private static List<Subscription> sent(List<Subscription> subscriptions) {
        var in = new ByteReader(bytes(subscriptions));
        List<Subscription> read = ViewCodec.readSubscriptions(in);
        in.requireEnd();
        return read;
    }
}
