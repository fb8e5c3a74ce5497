package io.skein.helm.kubernetes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.BiConsumer;

/**
 * Reads a Secret as Go's typed client writes it, and with it Helm its releases: {@code k8s\0}, then an envelope whose second field is the object. Numbers of
 * fields are those of Kubernetes' {@code generated.proto}; fields that no test needs are passed over.
 */
final class ProtobufSecret {
    static final String TYPE = "application/vnd.kubernetes.protobuf";
    private static final int MAGIC_BYTES = 4;

    private ProtobufSecret() {}

    static ObjectNode read(byte[] body) {
        ObjectNode secret =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Secret");
        fields(ByteBuffer.wrap(body, MAGIC_BYTES, body.length - MAGIC_BYTES), (field, object) -> {
            if (field == 2) {
                secret(object, secret);
            }
        });
        return secret;
    }

    private static void secret(ByteBuffer bytes, ObjectNode secret) {
        ObjectNode metadata = secret.putObject("metadata");
        ObjectNode data = secret.putObject("data");
        fields(bytes, (field, value) -> {
            switch (field) {
                case 1 -> metadata(value, metadata);
                case 2 ->
                    entry(
                            value,
                            (key, content) -> data.put(key, Base64.getEncoder().encodeToString(array(content))));
                case 3 -> secret.put("type", text(value));
                default -> {}
            }
        });
    }

    private static void metadata(ByteBuffer bytes, ObjectNode metadata) {
        fields(bytes, (field, value) -> {
            switch (field) {
                case 1 -> metadata.put("name", text(value));
                case 3 -> metadata.put("namespace", text(value));
                case 6 -> metadata.put("resourceVersion", text(value));
                case 11 ->
                    entry(value, (key, label) -> metadata.withObject("/labels").put(key, text(label)));
                default -> {}
            }
        });
    }

    private static void entry(ByteBuffer bytes, BiConsumer<String, ByteBuffer> to) {
        var key = new StringBuilder();
        fields(bytes, (field, value) -> {
            if (field == 1) {
                key.append(text(value));
            } else {
                to.accept(key.toString(), value);
            }
        });
    }

    /** Each field of a message that has a length; numbers are passed over. */
    private static void fields(ByteBuffer bytes, BiConsumer<Integer, ByteBuffer> to) {
        while (bytes.hasRemaining()) {
            long tag = number(bytes);
            if ((tag & 7) == 2) {
                int length = (int) number(bytes);
                to.accept((int) (tag >>> 3), bytes.slice(bytes.position(), length));
                bytes.position(bytes.position() + length);
            } else {
                number(bytes);
            }
        }
    }

    private static long number(ByteBuffer bytes) {
        long number = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    private static byte[] array(ByteBuffer bytes) {
        var array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        return array;
    }

    private static String text(ByteBuffer bytes) {
        return new String(array(bytes), StandardCharsets.UTF_8);
    }
}
