package io.skein.edge.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.skein.edge.guard.Address;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request as its handler sees it: complete, decoded, within every limit. Immutable by convention: the body is not copied. */
public final class Request {
    private final HttpMethod method;
    private final String path;
    private final Map<String, String> parameters;
    private final Map<String, List<String>> query;
    private final HttpHeaders headers;
    private final Address address;
    private final Consumer<Lease> leases;
    private final byte[] body;
    private final String trace;

    Request(
            HttpMethod method,
            String path,
            Map<String, String> parameters,
            Map<String, List<String>> query,
            HttpHeaders headers,
            Address address,
            Consumer<Lease> leases,
            byte[] body,
            String trace) {
        this.method = method;
        this.path = path;
        this.parameters = parameters;
        this.query = query;
        this.headers = headers;
        this.address = address;
        this.leases = leases;
        this.body = body;
        this.trace = trace;
    }

    /** The method; a HEAD is told to its handler as the GET it stands for. */
    public HttpMethod method() {
        return method;
    }

    /** The path as it was sent, without the query, percent escapes and all. */
    public String path() {
        return path;
    }

    /** The decoded value of the route's {@code {name}}; a name the route does not have is a bug. */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) throw new IllegalArgumentException("the route has no {" + name + "}");
        return value;
    }

    /** The same, or null if the route does not have it. */
    @Nullable
    String optional(String name) {
        return parameters.get(name);
    }

    /** The first value of a query parameter, decoded, or null. */
    public @Nullable String query(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.getFirst();
    }

    /** The first value of a header, or null. */
    public @Nullable String header(CharSequence name) {
        return headers.get(name);
    }

    /** Every value of a header. */
    public List<String> headers(CharSequence name) {
        return headers.getAll(name);
    }

    /** Where it comes from: the client's address, also where a trusted proxy calls for it. */
    public Address address() {
        return address;
    }

    /** Says what the answer rests on. Where it, or the body, is a stream, it is cut when that ends. Any thread may say so. */
    public void restsOn(Lease lease) {
        leases.accept(lease);
    }

    /** The whole body; empty if there is none or if the route streams it. */
    public byte[] body() {
        return body;
    }

    /** W3C's {@code traceparent} of the request's own span, for what is done for it; empty where it is not traced. */
    public String trace() {
        return trace;
    }

    Request withBody(byte[] bytes) {
        return new Request(method, path, parameters, query, headers, address, leases, bytes, trace);
    }
}
