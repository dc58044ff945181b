package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import java.util.List;
import java.util.UUID;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Sends messages with the transaction they are sent in: they go out if it commits, and only then.
 *
 * <p>At least once, with the same {@code message_id} each time. In the order of insertion as long as transactions do not
 * overlap; whoever needs more decides by what the message says. A message that the broker refuses is tried again with
 * back-off and in the end put aside in the table {@code undeliverable}.
 */
public class Outbox {

    private final MessageStore store;
    private final Envelopes envelopes;

    Outbox(MessageStore store, Envelopes envelopes) {
        this.store = store;
        this.envelopes = envelopes;
    }

    /**
     * Sends a message of the contract once the surrounding transaction has committed.
     *
     * @param about the request it belongs to; becomes the correlation id
     * @throws org.springframework.transaction.IllegalTransactionStateException outside a transaction
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <B> void send(String exchange, String routingKey, MessageType<B> type, B body, UUID about) {
        send(message(exchange, routingKey, type, body, about));
    }

    /** A message of the contract, to be sent with others. */
    public <B> ScheduledMessage message(String exchange, String routingKey, MessageType<B> type, B body, UUID about) {
        AMQP.BasicProperties properties = envelopes.of(type, about).build();
        return ScheduledMessage.now(exchange, routingKey, properties, MessageJson.write(body));
    }

    /** Many at once, which costs little more than one. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void send(List<ScheduledMessage> messages) {
        store.put(messages, false);
    }

    /** The same for a message that is more than the contract's envelope: with headers of its own, or with a time. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void send(ScheduledMessage message) {
        store.put(List.of(message), false);
    }

    /** The contract's properties for a message from this service, to be built further. */
    public AMQP.BasicProperties.Builder envelope(MessageType<?> type, UUID about) {
        return envelopes.of(type, about);
    }
}
