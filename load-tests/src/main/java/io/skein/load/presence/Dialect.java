package io.skein.load.presence;

import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.presence.People.Person;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What travels on the sockets of a system. */
interface Dialect {
    /**
     * What a frame says, whoever hears it. Must depend on nothing else: many hear the same, and it is read once.
     *
     * @param text whether it is a text frame; a binary one otherwise
     * @throws IOException if it cannot be understood
     */
    List<News> read(boolean text, byte[] payload) throws IOException;

    /** What one person says on one socket. */
    Speaker speaker(Person person);

    /** One socket's side of the talk. Frames go out in the order in which they are given. */
    interface Speaker {
        /** The socket is open: comes in. */
        void enter(Consumer<WebSocketFrame> out);

        /** Answers what it was asked. */
        void answer(News.Question question, Consumer<WebSocketFrame> out);

        /** Says that it leaves; the socket is closed after that. */
        void leave(Consumer<WebSocketFrame> out);

        /** Says again that it is here, every {@link #RENEWAL_MILLIS}. */
        default void renew(Consumer<WebSocketFrame> out) {}
    }

    /** How often whoever is here has to say so where the protocol wants that. */
    long RENEWAL_MILLIS = 15_000;
}
