package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQImpl;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * AMQP properties to bytes and back, in the protocol's own encoding of a content header (AMQP 0-9-1, 4.2.6.1),
 * so that nested tables, timestamps and byte arrays come out as they went in.
 */
public final class PropertiesCodec {

    private static final int NO_CHANNEL = 0;
    private static final long NO_BODY = 0;

    private PropertiesCodec() {}

    public static byte[] encode(AMQP.BasicProperties properties) {
        try {
            return properties.toFrame(NO_CHANNEL, NO_BODY).getPayload();
        } catch (IOException e) {
            throw new UncheckedIOException("properties that no AMQP frame can hold", e);
        }
    }

    public static AMQP.BasicProperties decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return (AMQP.BasicProperties) AMQImpl.readContentHeaderFrom(in);
        } catch (IOException e) {
            throw new UncheckedIOException("stored properties that are not an AMQP content header", e);
        }
    }
}
