package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import io.skein.load.check.RoomCheck.Order;
import java.io.IOException;
import java.util.List;

/**
 * What the client of Socket.IO 4 says to {@code peers/socketio/rooms.js}: the protocols Engine.IO 4 and Socket.IO 5, on a WebSocket from the start. The callback of
 * an event is its acknowledgement; the author does not hear its own updates.
 */
final class SocketIoWire implements Wire {
    private static final byte[] CONNECT = "40".getBytes(US_ASCII);
    private static final byte[] PONG = "3".getBytes(US_ASCII);
    private static final byte[] EVENT = "42".getBytes(US_ASCII);
    private static final byte[] UPDATE = "[\"update\",{\"id\":\"".getBytes(US_ASCII);
    private static final byte[] TEXT = "\",\"text\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}]".getBytes(US_ASCII);

    @Override
    public Order order() {
        return Order.NONE;
    }

    /** The server speaks first. */
    @Override
    public List<byte[]> hello(Seat seat) {
        return List.of();
    }

    /** Acknowledgements are counted from 0, which is that of having joined: an update's is its number. */
    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        out.writeBytes(EVENT);
        UpdateName.writeDigits(number, out);
        out.writeBytes(UPDATE);
        UpdateName.write(seat.member(), number, out);
        out.writeBytes(TEXT).writeBytes(text).writeBytes(END);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        // One digit for the packet of Engine.IO, a second one for that of Socket.IO within its message packet.
        switch (frame[0]) {
            case '0' -> heard.answer(CONNECT);
            case '2' -> heard.answer(PONG);
            case '4' -> readMessage(seat, frame, length, heard);
            default -> throw unknown(frame, length);
        }
    }

    private static void readMessage(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        switch (frame[1]) {
            case '0' -> heard.answer(("420[\"join\",\"" + seat.roomName() + "\"]").getBytes(US_ASCII));
            case '1', '4' -> heard.ended(new String(frame, 0, length, UTF_8));
            case '2' -> readEvent(frame, length, heard);
            case '3' -> readAcknowledgement(frame, length, heard);
            default -> throw unknown(frame, length);
        }
    }

    private static void readEvent(byte[] frame, int length, Heard heard) throws IOException {
        try (JsonParser json = JsonFrames.parser(frame, 2, length - 2)) {
            JsonFrames.expect(json.nextToken() == JsonToken.START_ARRAY, json);
            JsonFrames.expect("update".equals(json.nextTextValue()), json);
            JsonFrames.expect(json.nextToken() == JsonToken.START_OBJECT, json);
            long name = JsonFrames.readName(json);
            heard.update(0, UpdateName.author(name), UpdateName.number(name));
        }
    }

    private static void readAcknowledgement(byte[] frame, int length, Heard heard) throws IOException {
        long number = 0;
        int at = 2;
        for (; at < length && frame[at] >= '0' && frame[at] <= '9'; at++) {
            number = number * 10 + (frame[at] - '0');
        }
        if (at == 2) {
            throw unknown(frame, length);
        } else if (number == 0) {
            heard.joined(0);
        } else {
            heard.acknowledged(number, 0);
        }
    }

    private static IOException unknown(byte[] frame, int length) {
        return new IOException("unknown packet " + new String(frame, 0, length, UTF_8));
    }
}
