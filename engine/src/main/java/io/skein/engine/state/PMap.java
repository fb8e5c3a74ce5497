package io.skein.engine.state;

import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.HashMap;
import scala.collection.immutable.HashMap$;

/**
 * An immutable map: a change gives a new one that shares all but a few nodes with the old. The work is done by Scala's CHAMP
 * {@code HashMap}, which is on the class path with Pekko; this is its Java face. No order.
 */
public final class PMap<K, V> {
    private static final PMap<?, ?> EMPTY = new PMap<>(HashMap$.MODULE$.<Object, Object>empty());

    private final HashMap<K, V> map;

    private PMap(HashMap<K, V> map) {
        this.map = map;
    }

    @SuppressWarnings("unchecked")
    public static <K, V> PMap<K, V> empty() {
        return (PMap<K, V>) EMPTY;
    }

    public @Nullable V get(K key) {
        return map.getOrElse(key, () -> null);
    }

    public PMap<K, V> put(K key, V value) {
        return new PMap<>(map.updated(key, value));
    }

    public PMap<K, V> remove(K key) {
        HashMap<K, V> next = map.removed(key);
        return next.size() == map.size() ? this : new PMap<>(next);
    }

    public int size() {
        return map.size();
    }

    public boolean isEmpty() {
        return map.isEmpty();
    }

    public void forEach(BiConsumer<? super K, ? super V> action) {
        var entries = map.iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            action.accept(entry._1(), entry._2());
        }
    }

    /** Whether some key passes; looks no further than the first that does. */
    public boolean anyKey(Predicate<? super K> test) {
        var keys = map.keysIterator();
        while (keys.hasNext()) {
            if (test.test(keys.next())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PMap<?, ?> that && map.equals(that.map);
    }

    @Override
    public int hashCode() {
        return map.hashCode();
    }

    @Override
    public String toString() {
        return map.toString();
    }
}
