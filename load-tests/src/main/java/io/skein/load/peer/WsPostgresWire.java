package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.List;

/** What {@code peers/ws-postgres/server.js} speaks. Its author's own update coming back is the acknowledgement. */
final class WsPostgresWire implements Wire {
    private static final byte[] UPDATE = "{\"type\":\"update\",\"room\":\"".getBytes(US_ASCII);
    private static final byte[] ID = "\",\"id\":\"".getBytes(US_ASCII);
    private static final byte[] TEXT = "\",\"text\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}".getBytes(US_ASCII);

    private String type = "";
    private String code = "";
    private long seq;
    private long name;

    @Override
    public List<byte[]> hello(Seat seat) {
        String join = "{\"type\":\"join\",\"room\":\"" + seat.roomName() + "\",\"member\":\"m" + seat.member() + "\"}";
        return List.of(join.getBytes(US_ASCII));
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        out.writeBytes(UPDATE);
        ByteBufUtil.writeAscii(out, seat.roomName());
        out.writeBytes(ID);
        UpdateName.write(seat.member(), number, out);
        out.writeBytes(TEXT).writeBytes(text).writeBytes(END);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        JsonFrames.each(frame, length, json -> {
            readFields(json);
            tell(seat, heard);
        });
    }

    private void readFields(JsonParser json) throws IOException {
        type = "";
        code = "";
        seq = 0;
        name = -1;
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (field) {
                case "type" -> type = json.getText();
                case "code" -> code = json.getText();
                case "seq" -> seq = json.getLongValue();
                case "id" -> name = JsonFrames.updateName(json);
                default -> JsonFrames.expect(value.isScalarValue(), json);
            }
        }
    }

    private void tell(Seat seat, Heard heard) throws IOException {
        int author = UpdateName.author(name);
        long number = UpdateName.number(name);
        switch (type) {
            case "update" -> {
                heard.update(seq, author, number);
                if (author == seat.member()) {
                    heard.acknowledged(number, seq);
                }
            }
            case "joined" -> heard.joined(seq);
            case "refused" -> heard.refused(number, code, 0);
            default -> throw new IOException("unknown message " + type);
        }
    }
}
