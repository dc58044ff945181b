package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;

/** Keeps a delivery's properties as they came; Spring's own conversion changes types of header values. */
final class RawProperties extends MessageProperties {

    private static final long serialVersionUID = 1L;

    static final MessagePropertiesConverter CONVERTER = new DefaultMessagePropertiesConverter() {
        @Override
        public MessageProperties toMessageProperties(
                AMQP.BasicProperties source, @Nullable Envelope envelope, String charset) {
            return new RawProperties(source, Objects.requireNonNull(envelope));
        }
    };

    @SuppressWarnings("serial") // never serialised
    private final AMQP.BasicProperties raw;

    private RawProperties(AMQP.BasicProperties raw, Envelope envelope) {
        this.raw = raw;
        setDeliveryTag(envelope.getDeliveryTag());
        setRedelivered(envelope.isRedeliver());
        setReceivedExchange(envelope.getExchange());
        setReceivedRoutingKey(envelope.getRoutingKey());
    }

    static Delivery delivery(Message message) {
        if (!(message.getMessageProperties() instanceof RawProperties properties)) {
            throw new IllegalStateException("a container without our properties converter; this is our bug");
        }
        return new Delivery(
                String.valueOf(properties.getConsumerQueue()),
                String.valueOf(properties.getReceivedExchange()),
                String.valueOf(properties.getReceivedRoutingKey()),
                Boolean.TRUE.equals(properties.isRedelivered()),
                properties.raw,
                message.getBody());
    }
}
