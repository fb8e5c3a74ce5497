package io.skein.load.presence;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads frames, those that many hear only once: the client shares the machine with the server. Belongs to the event loop. */
final class Frames {
    private static final int KEPT = 1_024;
    private static final int LARGEST_KEPT_BYTES = 64 * 1024;

    private final Dialect dialect;
    private final Map<Content, List<News>> read = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Content, List<News>> eldest) {
            return size() > KEPT;
        }
    };

    Frames(Dialect dialect) {
        this.dialect = dialect;
    }

    private static final class Content {
        private final boolean text;
        private final byte[] bytes;
        private final int hash;

        Content(boolean text, byte[] bytes) {
            this.text = text;
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Content content
                    && content.hash == hash
                    && content.text == text
                    && Arrays.equals(content.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    List<News> read(WebSocketFrame frame) throws IOException {
        ByteBuf payload = frame.content();
        var content = new Content(frame instanceof TextWebSocketFrame, ByteBufUtil.getBytes(payload));
        List<News> known = read.get(content);
        if (known != null) {
            return known;
        }
        List<News> news = dialect.read(content.text, content.bytes);
        if (content.bytes.length <= LARGEST_KEPT_BYTES) {
            read.put(content, news);
        }
        return news;
    }
}
