package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.Frame;
import java.nio.ByteBuffer;

/**
 * Properties that go out byte for byte as they are stored, as an AMQP content header, without being taken apart and put together
 * for each message. Only the id is ever asked for, and only when something went wrong.
 */
final class StoredProperties extends AMQP.BasicProperties {

    /** Class and weight come first, two bytes each (AMQP 0-9-1, 4.2.6.1). */
    private static final int BODY_SIZE_AT = 4;

    private final byte[] contentHeader;

    StoredProperties(byte[] contentHeader) {
        this.contentHeader = contentHeader;
    }

    byte[] contentHeader() {
        return contentHeader;
    }

    @Override
    public Frame toFrame(int channelNumber, long bodySize) {
        byte[] header = contentHeader.clone();
        ByteBuffer.wrap(header).putLong(BODY_SIZE_AT, bodySize);
        return new Frame(AMQP.FRAME_HEADER, channelNumber, header);
    }

    @Override
    public String getMessageId() {
        return PropertiesCodec.decode(contentHeader).getMessageId();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
