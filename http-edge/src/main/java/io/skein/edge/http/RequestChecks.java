package io.skein.edge.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.skein.engine.module.ErrorCode;
import java.util.List;

/** What a request must be beyond what the decoder sees to. */
final class RequestChecks {
    private RequestChecks() {}

    /** Fails with a problem if the request is none that this server answers. */
    static void check(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        HttpHeaders headers = request.headers();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            throw refused(505, "this server speaks HTTP/1.1");
        }
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_1))) {
            throw refused(400, "a request has one Host header");
        }
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()
                && !(encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked"))) {
            throw refused(501, "of the transfer encodings this server knows chunked");
        }
        String expect = headers.get(HttpHeaderNames.EXPECT);
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            throw refused(417, "this server does not know this expectation");
        }
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw refused(415, "this server takes bodies without a content encoding");
        }
    }

    private static ProblemException refused(int status, String detail) {
        return new ProblemException(Problem.of(status, ErrorCode.INVALID_ARGS, detail));
    }
}
