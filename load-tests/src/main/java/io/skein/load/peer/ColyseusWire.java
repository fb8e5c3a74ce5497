package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * What the client of Colyseus 0.18 says to {@code peers/colyseus}: it asks the matchmaker over HTTP for a seat, opens a socket with what it was told, and then sends
 * and hears messages. They carry MessagePack. Everybody hears an update; its author's own is the acknowledgement.
 */
final class ColyseusWire implements Wire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final int JOIN_ROOM = 10;
    private static final int ERROR = 11;
    private static final int ROOM_DATA = 13;
    private static final byte[] JOINED = {JOIN_ROOM};
    private static final String UPDATE = "update";
    private static final List<String> FIELDS = List.of("id", "text");

    /** Not asked to upgrade to HTTP/2, which the server takes for a WebSocket. */
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    public boolean isBinary() {
        return true;
    }

    /** {@code client.joinOrCreate("workspace", {workspace: …})}. */
    @Override
    public Seat reserve(Seat seat) throws IOException, InterruptedException {
        URI place = seat.socket();
        URI matchmaker =
                URI.create("http://%s:%d/matchmake/joinOrCreate/workspace".formatted(place.getHost(), place.getPort()));
        HttpRequest request = HttpRequest.newBuilder(matchmaker)
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"workspace\":\"%s\"}".formatted(seat.roomName())))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the matchmaker says " + answer.statusCode() + " " + answer.body());
        }
        JsonNode told = JSON.readTree(answer.body());
        return seat.at(place.resolve("/%s/%s?sessionId=%s"
                .formatted(
                        told.path("processId").asText(),
                        told.path("roomId").asText(),
                        told.path("sessionId").asText())));
    }

    /** The server speaks first. */
    @Override
    public List<byte[]> hello(Seat seat) {
        return List.of();
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        ByteBuf name = Unpooled.buffer(16);
        UpdateName.write(seat.member(), number, name);
        out.writeByte(ROOM_DATA);
        MessagePack.writeString(UPDATE, out);
        MessagePack.writeRecord(FIELDS, out);
        MessagePack.writeString(name, out);
        MessagePack.writeString(Unpooled.wrappedBuffer(text), out);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        ByteBuf in = Unpooled.wrappedBuffer(frame, 0, length);
        int code = in.readUnsignedByte();
        switch (code) {
            case JOIN_ROOM -> {
                heard.answer(JOINED);
                heard.joined(0);
            }
            case ERROR -> heard.ended("error " + in.toString(UTF_8));
            case ROOM_DATA -> readMessage(seat, in, heard);
            default -> throw new IOException("unknown code " + code + ": " + ByteBufUtil.hexDump(in));
        }
    }

    private static void readMessage(Seat seat, ByteBuf in, Heard heard) throws IOException {
        String type = MessagePack.readString(in);
        if (!type.equals(UPDATE)) {
            throw new IOException("unknown message " + type);
        }
        long seq = 0;
        long name = -1;
        for (int fields = MessagePack.readMap(in); fields > 0; fields--) {
            String field = MessagePack.readString(in);
            switch (field) {
                case "seq" -> seq = MessagePack.readNumber(in);
                case "id" -> name = name(MessagePack.readString(in));
                case "text" -> MessagePack.skipString(in);
                default -> throw new IOException("unknown field " + field);
            }
        }
        heard.update(seq, UpdateName.author(name), UpdateName.number(name));
        if (UpdateName.author(name) == seat.member()) {
            heard.acknowledged(UpdateName.number(name), seq);
        }
    }

    private static long name(String text) {
        return UpdateName.parse(text.toCharArray(), 0, text.length());
    }
}
