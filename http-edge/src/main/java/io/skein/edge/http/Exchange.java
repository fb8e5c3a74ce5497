package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.skein.edge.guard.Address;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.trace.Tracing;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One request and its answer. Over when the answer is sent and the request is read, or sooner if the connection has to end.
 * Belongs to the event loop.
 */
final class Exchange {
    /** What is left of a body nobody wants is read up to this size; beyond it the connection ends instead. */
    private static final int MAX_DRAIN_BYTES = 64 << 10;

    private static final String TRACEPARENT = "traceparent";

    private final ServerContext server;
    private final Channel channel;
    private final Deadline deadline;
    private final HttpRequest head;
    private final HttpConnection connection;
    private boolean keepAlive;
    private boolean readAll;
    private boolean answered;
    private boolean sent;
    private @Nullable Target target;
    private @Nullable WholeBody whole;
    private @Nullable LinesIntake lines;
    private @Nullable ResponseWriter writer;
    private final Tenure tenure;
    private RequestTrace trace = RequestTrace.NONE;

    /** Where the request goes. */
    private record Target(Route route, Request request) {}

    Exchange(ServerContext server, Channel channel, Deadline deadline, HttpRequest head, HttpConnection connection) {
        this.server = server;
        this.channel = channel;
        this.deadline = deadline;
        this.head = head;
        this.connection = connection;
        this.keepAlive = HttpUtil.isKeepAlive(head);
        this.tenure = new Tenure(channel.eventLoop(), this::cut);
    }

    /** The head is there, of somebody who has too many requests under way. */
    void turnAway(Refusal why) {
        refuse(Problem.of(why));
    }

    /** The head is there, from this address. */
    void begin(Address address) {
        try {
            RequestChecks.check(head);
            RequestTarget uri = RequestTarget.parse(head.uri());
            if (CorsPolicy.isPreflight(head)) {
                answer(Response.empty(204));
                return;
            }
            switch (server.router().match(head.method(), uri.path())) {
                case Router.Match.NoPath _ -> refuse(Problem.of(ErrorCode.NOT_FOUND, "there is nothing at this path"));
                case Router.Match.WrongMethod(String allow) -> wrongMethod(allow);
                case Router.Match.Found(Route route, var parameters) -> {
                    HttpMethod method = isHead() ? HttpMethod.GET : head.method();
                    trace = RequestTrace.begin(
                            server.tracing(),
                            head.method(),
                            route,
                            head.headers().get(TRACEPARENT));
                    accept(new Target(
                            route,
                            new Request(
                                    method,
                                    uri.path(),
                                    parameters,
                                    uri.query(),
                                    head.headers(),
                                    address,
                                    tenure::restsOn,
                                    Response.EMPTY,
                                    trace.context())));
                }
            }
        } catch (ProblemException e) {
            refuse(e.problem());
        }
    }

    private void wrongMethod(String allow) {
        Response.Full response = head.method().equals(HttpMethod.OPTIONS)
                ? Response.empty(204)
                : Problem.of(405, ErrorCode.INVALID_ARGS, "this path takes " + allow)
                        .toResponse();
        answer(response.withHeader("allow", allow));
    }

    private void accept(Target accepted) {
        target = accepted;
        switch (accepted.route) {
            case Route.Whole route -> takeWhole(route.maxBodyBytes());
            case SocketRoute _ -> takeWhole(0);
            case Route.Lines route -> takeLines(route, accepted.request);
        }
    }

    private void takeWhole(int maxBytes) {
        long announced = HttpUtil.getContentLength(head, -1L);
        if (announced > maxBytes) {
            refuse(tooLarge(maxBytes));
            return;
        }
        whole = new WholeBody(maxBytes, announced);
        deadline.in(server.settings().requestTimeout(), this::bodyLate);
        sendContinue();
        connection.want();
    }

    private void takeLines(Route.Lines route, Request request) {
        if (HttpUtil.getContentLength(head, -1L) > route.maxTotalBytes()) {
            refuse(tooLarge(route.maxTotalBytes()));
            return;
        }
        LinesIntake intake = new LinesIntake(
                route,
                channel.eventLoop(),
                connection::want,
                deadline,
                server.settings(),
                this::bodyLate,
                this::answerLate);
        lines = intake;
        tenure.watch();
        sendContinue();
        answerLater(() -> route.handler().handle(request, intake.body()));
    }

    private void sendContinue() {
        if (!head.headers().contains(HttpHeaderNames.EXPECT)) return;
        Wire.writeAndFlush(channel, new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }

    /** A piece of the body. */
    void content(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuse(HttpConnection.problemOf(content.decoderResult().cause()));
            return;
        }
        readAll = content instanceof LastHttpContent;
        WholeBody collecting = whole;
        if (answered) {
            if (readAll) overIfDone();
            else connection.want();
        } else if (lines != null) {
            lines.content(content.content(), readAll);
        } else if (collecting != null && !collecting.add(content.content())) {
            readAll = false;
            refuse(tooLarge(collecting.maxBytes()));
        } else if (readAll) {
            dispatch(collecting == null ? Response.EMPTY : collecting.toArray());
        } else {
            connection.want();
        }
    }

    private void dispatch(byte[] body) {
        Target to = target;
        if (to == null) throw new IllegalStateException("a body without a route");
        deadline.in(server.settings().answerTimeout(), this::answerLate);
        switch (to.route) {
            case Route.Whole route -> answerLater(() -> route.handler().handle(to.request.withBody(body)));
            case SocketRoute route -> upgrade(route, to.request);
            case Route.Lines route -> throw new IllegalStateException("lines are not collected: " + route.template());
        }
    }

    private void answerLater(Supplier<CompletionStage<? extends Response>> handler) {
        whenDone(handler, this::answer);
    }

    private void upgrade(SocketRoute route, Request request) {
        String subprotocol;
        try {
            subprotocol = SocketUpgrade.negotiate(head, route, server.cors());
        } catch (ProblemException e) {
            answer(SocketUpgrade.refusal(e.problem()));
            return;
        }
        whenDone(() -> route.acceptor().accept(request, subprotocol), decision -> {
            switch (decision) {
                case SocketRoute.Decision.Refuse(Problem problem) -> refuse(problem);
                case SocketRoute.Decision.Open open -> {
                    if (answered || !channel.isActive()) return;
                    if (server.stopping().get()) {
                        refuse(Problem.of(ErrorCode.UNAVAILABLE, "the server is stopping"));
                        return;
                    }
                    answered = true;
                    server.counters().answered(101);
                    deadline.cancel();
                    SocketUpgrade.perform(channel, head, route, subprotocol, open, server.settings());
                }
            }
        });
    }

    /** Calls what answers, and goes on with the result on the event loop. */
    private <T> void whenDone(Supplier<CompletionStage<? extends T>> call, Consumer<T> then) {
        CompletionStage<? extends T> stage;
        try {
            stage = call.get();
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((result, failure) -> onLoop(() -> {
            if (failure != null) {
                refuse(failed(failure));
            } else {
                then.accept(result);
            }
        }));
    }

    /** A line of the log about it is marked with the trace, and with the workspace if the path names one. */
    private Problem failed(Throwable failure) {
        Target to = target;
        String workspace = to == null ? null : to.request.optional("workspace");
        try (var _ = Tracing.mark(trace.context())) {
            if (workspace == null) return Failures.toProblem(failure, what());
            try (var _ = MDC.putCloseable("workspace", workspace)) {
                return Failures.toProblem(failure, what());
            }
        }
    }

    /** For the log: without the query, which may hold a ticket. */
    private String what() {
        Target to = target;
        return head.method() + " " + (to == null ? "" : to.request.path());
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    private void refuse(Problem problem) {
        answer(problem.toResponse());
    }

    private void answer(Response response) {
        if (answered || !channel.isActive()) {
            if (response instanceof Response.Stream stream) stream.body().close();
            return;
        }
        answered = true;
        server.counters().answered(response.status());
        trace.answered(response.status());
        LinesIntake intake = lines;
        if (intake != null) intake.stop("the request is answered");
        deadline.clear();
        boolean drain = !readAll && isDrainable();
        boolean endless = response instanceof Response.Stream && !isHttp11();
        keepAlive &= (readAll || drain) && !endless && !server.stopping().get();
        HttpHeaders headers = ResponseHeaders.of(response, head, keepAlive, server);
        boolean bodiless = isHead() || response.status() == 304;
        if (drain && keepAlive) connection.want();
        if (response instanceof Response.Stream) tenure.watch();
        writer = ResponseWriter.send(
                channel, deadline, server.settings().idleTimeout(), response, headers, bodiless, () -> {
                    sent = true;
                    overIfDone();
                });
    }

    /** Whether what is left of the body is short and sure to come. */
    private boolean isDrainable() {
        long announced = HttpUtil.getContentLength(head, -1L);
        return !head.headers().contains(HttpHeaderNames.EXPECT)
                && !HttpUtil.isTransferEncodingChunked(head)
                && announced <= MAX_DRAIN_BYTES;
    }

    private void overIfDone() {
        if (!sent) return;
        tenure.close();
        if (readAll || !keepAlive) {
            connection.over(keepAlive, readAll);
        } else {
            deadline.in(server.settings().requestTimeout(), () -> Wire.close(channel));
        }
    }

    /** What the answer rests on has ended: said while it can be, else by an end that nobody takes for the whole. */
    private void cut(Refusal why) {
        if (answered) {
            Wire.close(channel);
        } else {
            refuse(Problem.of(why));
        }
    }

    private void bodyLate() {
        keepAlive = false;
        refuse(Problem.of(408, ErrorCode.INVALID_ARGS, "the body did not arrive in time"));
    }

    private void answerLate() {
        refuse(Problem.of(ErrorCode.UNAVAILABLE, "there was no answer in time; whether it was done is not known"));
    }

    private static Problem tooLarge(long maxBytes) {
        return Problem.of(ErrorCode.TOO_LARGE, "the body is longer than " + maxBytes + " bytes");
    }

    private boolean isHead() {
        return head.method().equals(HttpMethod.HEAD);
    }

    private boolean isHttp11() {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

    void writabilityChanged() {
        if (writer != null) writer.writabilityChanged();
    }

    /** The connection is gone. */
    void gone() {
        if (!answered) trace.abandoned();
        answered = true;
        tenure.close();
        if (lines != null) lines.stop("the client is gone");
        if (writer != null) writer.abort();
    }
}
