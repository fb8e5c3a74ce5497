package io.skein.edge.http;

import io.skein.edge.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a handler answers: all at once, or a stream that is pulled as fast as the client reads. Header names are lower case. */
public sealed interface Response {
    byte[] EMPTY = new byte[0];

    int status();

    Map<String, String> headers();

    /** A response that is there. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares responses; a copy of each body would be the price.
    record Full(int status, Map<String, String> headers, byte[] body) implements Response {
        @Override
        public Full withHeader(String name, String value) {
            return new Full(status, with(headers, name, value), body);
        }
    }

    /** A response of unknown length, sent in chunks. If {@code body} fails, the connection is cut, so that no one takes a part for the whole. */
    record Stream(int status, Map<String, String> headers, ChunkSource body) implements Response {
        @Override
        public Stream withHeader(String name, String value) {
            return new Stream(status, with(headers, name, value), body);
        }
    }

    /** The same with one header more, or with another value for it. */
    Response withHeader(String name, String value);

    static Full of(int status, String contentType, byte[] body) {
        return new Full(status, Map.of("content-type", contentType), body);
    }

    static Full empty(int status) {
        return new Full(status, Map.of(), EMPTY);
    }

    static Full text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Full json(int status, byte[] json) {
        return of(status, "application/json", json);
    }

    static Full json(int status, Json.Writer writer) {
        return json(status, Json.DEFAULT.write(writer));
    }

    /** Newline-delimited JSON; each element is one line without its newline. The iterator may block: it runs on a virtual thread. */
    static Stream ndjson(Iterator<byte[]> lines) {
        return lines("application/x-ndjson", lines);
    }

    /** A text line by line; each element is one without its newline. The iterator may block: it runs on a virtual thread. */
    static Stream lines(String contentType, Iterator<byte[]> lines) {
        return new Stream(200, Map.of("content-type", contentType), new LineSource(lines));
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return more;
    }
}
