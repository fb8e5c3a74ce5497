package io.skein.engine.trace;

import io.opentelemetry.api.common.AttributeKey;

/**
 * What spans say. Names of workspaces, sessions, modules and reducers, numbers, and codes: nothing that a caller sent as arguments, a key or a token (rule S2). Where
 * OpenTelemetry has a name for it, that one.
 */
public final class TraceAttributes {
    public static final AttributeKey<String> WORKSPACE = AttributeKey.stringKey("skein.workspace");
    public static final AttributeKey<String> SESSION = AttributeKey.stringKey("skein.session");
    public static final AttributeKey<String> REDUCER = AttributeKey.stringKey("skein.reducer");
    /** {@code accepted}, {@code repeated}, {@code refused} or {@code answered}. */
    public static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("skein.outcome");
    /** Of the transaction, or of the first one of a group. */
    public static final AttributeKey<Long> SEQ = AttributeKey.longKey("skein.seq");
    /** Of a group, traced or not. */
    public static final AttributeKey<Long> TRANSACTIONS = AttributeKey.longKey("skein.transactions");
    /** Of an event loop, to which a transaction was delivered. */
    public static final AttributeKey<Long> SESSIONS = AttributeKey.longKey("skein.sessions");
    /** A stable error code. */
    public static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    public static final AttributeKey<String> DATABASE = AttributeKey.stringKey("db.system.name");
    public static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    /** The path's template: what stands in its braces may be a secret. */
    public static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");

    public static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

    private TraceAttributes() {}
}
