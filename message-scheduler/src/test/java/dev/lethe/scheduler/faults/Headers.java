package dev.lethe.scheduler.faults;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQImpl;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;

/** Properties as the table holds them: the protocol's own content header. */
final class Headers {

    private Headers() {}

    static byte[] of(AMQP.BasicProperties properties) throws IOException {
        return properties.toFrame(0, 0).getPayload();
    }

    static String messageId(byte[] header) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(header))) {
            return ((AMQP.BasicProperties) AMQImpl.readContentHeaderFrom(in)).getMessageId();
        }
    }
}
