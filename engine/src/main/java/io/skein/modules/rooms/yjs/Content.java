package io.skein.modules.rooms.yjs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.skein.engine.schema.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What an item holds. Its length is how many clocks the item takes. */
sealed interface Content {
    int DELETED = 1;
    int JSON = 2;
    int BINARY = 3;
    int STRING = 4;
    int EMBED = 5;
    int FORMAT = 6;
    int TYPE = 7;
    int ANY = 8;
    int DOCUMENT = 9;

    int kind();

    long length();

    /** The same without its first {@code count}, which are fewer than all. */
    Content after(long count);

    void write(Lib0Writer out);

    /** Something that was deleted, and of which nothing but its length is left. */
    record Deleted(long length) implements Content {
        @Override
        public int kind() {
            return DELETED;
        }

        @Override
        public Content after(long count) {
            return new Deleted(length - count);
        }

        @Override
        public void write(Lib0Writer out) {
            out.number(length);
        }
    }

    /** Text; its length is in UTF-16 units. Cut within a character, both halves become U+FFFD, as in Yjs. */
    record Text(String text) implements Content {
        @Override
        public int kind() {
            return STRING;
        }

        @Override
        public long length() {
            return text.length();
        }

        @Override
        public Content after(long count) {
            return new Text(text.substring((int) count));
        }

        @Override
        public void write(Lib0Writer out) {
            out.string(text);
        }
    }

    /** Several values, each as it was written. */
    record Values(int kind, List<Bytes> values) implements Content {
        @Override
        public long length() {
            return values.size();
        }

        @Override
        public Content after(long count) {
            return new Values(kind, values.subList((int) count, values.size()));
        }

        @Override
        public void write(Lib0Writer out) {
            out.number(values.size());
            values.forEach(out::raw);
        }
    }

    /** One thing, as it was written. */
    record Single(int kind, Bytes bytes) implements Content {
        @Override
        public long length() {
            return 1;
        }

        @Override
        public Content after(long count) {
            throw new IllegalArgumentException("there is nothing behind one thing");
        }

        @Override
        public void write(Lib0Writer out) {
            out.raw(bytes);
        }
    }

    /** Whether {@link #join} takes a content behind this one. */
    default boolean joins(Content next) {
        return kind() == next.kind() && !(this instanceof Single);
    }

    /** Contents of one kind that can be joined, as one. */
    static Content join(List<Content> contents) {
        return switch (contents.getFirst()) {
            case Deleted _ ->
                new Deleted(contents.stream().mapToLong(Content::length).sum());
            case Text _ -> {
                var text = new StringBuilder();
                contents.forEach(content -> text.append(((Text) content).text));
                yield new Text(text.toString());
            }
            case Values(var kind, var _) -> {
                var values = new ArrayList<Bytes>();
                contents.forEach(content -> values.addAll(((Values) content).values));
                yield new Values(kind, values);
            }
            case Single single -> throw new IllegalArgumentException("single things are not joined: " + single);
        };
    }

    /** Reads what stands behind an item's head. Refuses what clients could not read: one of them would spoil a document for all. */
    static Content read(int kind, Lib0Reader in) throws MalformedException {
        int from = in.position();
        switch (kind) {
            case DELETED -> {
                return new Deleted(in.number());
            }
            case STRING -> {
                return new Text(in.string());
            }
            case JSON, ANY -> {
                return values(kind, in);
            }
            case BINARY -> in.byteArray();
            case EMBED -> requireJson(in.string());
            case FORMAT -> {
                in.string();
                requireJson(in.string());
            }
            case TYPE -> type(in);
            case DOCUMENT -> {
                in.string();
                in.skipAny();
            }
            default -> throw new MalformedException("there is no kind of content " + kind);
        }
        return new Single(kind, in.since(from));
    }

    private static Content values(int kind, Lib0Reader in) throws MalformedException {
        int count = in.count();
        var values = new ArrayList<Bytes>(Math.min(count, 1_000));
        for (int i = 0; i < count; i++) {
            int from = in.position();
            if (kind == ANY) {
                in.skipAny();
            } else {
                String text = in.string();
                if (!text.equals("undefined")) {
                    requireJson(text);
                }
            }
            values.add(in.since(from));
        }
        return new Values(kind, values);
    }

    private static void type(Lib0Reader in) throws MalformedException {
        long type = in.number();
        switch ((int) Math.min(type, Integer.MAX_VALUE)) {
            case 0, 1, 2, 4, 6 -> {} // array, map, text, XML fragment, XML text
            case 3, 5 -> in.string(); // XML element, XML hook: its name
            default -> throw new MalformedException("there is no shared type " + type);
        }
    }

    /** Of one JSON value and nothing else. */
    private static void requireJson(String text) throws MalformedException {
        try (JsonParser parser = Parsing.FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedException("a value is no JSON: it is empty");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new MalformedException("a value is no JSON: something stands behind it");
            }
        } catch (IOException e) {
            throw new MalformedException("a value is no JSON");
        }
    }

    /** Where the parser of JSON is kept. */
    final class Parsing {
        private static final int MAX_NESTING = 100;
        private static final JsonFactory FACTORY = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .build();

        private Parsing() {}
    }
}
