package dev.lethe.outbox;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The messages of the contract that one queue takes, each with what is done about it. Checks what the contract demands of
 * every message, keeps out what was handled before, and runs the rest in one transaction with the inbox mark.
 */
public final class MessageHandlers implements DeliveryHandler {

    /** No message of the contract comes near it. */
    private static final int MAX_BODY_BYTES = 1024 * 1024;

    /** What is done about a message; inside the transaction. */
    @FunctionalInterface
    public interface Handler<B> {
        void handle(B body, Delivery delivery);
    }

    /** What is done about a body that is not what the contract says; inside the transaction. */
    @FunctionalInterface
    public interface InvalidBodyHandler {
        /** Returns whether the sender was told; if not, the message is parked. */
        boolean tell(Delivery delivery, InvalidMessage invalid);
    }

    private record Row<B>(MessageType<B> type, @Nullable String onlyFrom, Handler<B> handler) {
        void read(Delivery delivery) {
            handler.handle(MessageJson.read(delivery.body(), type.body()), delivery);
        }
    }

    private final String consumer;
    private final Inbox inbox;
    private final TransactionTemplate transaction;
    private final Map<String, Row<?>> table = new LinkedHashMap<>();
    private Predicate<Delivery> ignored = delivery -> false;
    private InvalidBodyHandler invalidBody = (delivery, invalid) -> false;

    /** @param consumer names the inbox; the queue's name */
    public MessageHandlers(String consumer, Inbox inbox, PlatformTransactionManager transactions) {
        this.consumer = consumer;
        this.inbox = inbox;
        this.transaction = new TransactionTemplate(transactions);
    }

    public <B> MessageHandlers on(MessageType<B> type, Handler<B> handler) {
        table.put(type.name(), new Row<>(type, null, handler));
        return this;
    }

    /** Takes the message from this broker user only; from others it is parked. */
    public <B> MessageHandlers on(MessageType<B> type, String onlyFrom, Handler<B> handler) {
        table.put(type.name(), new Row<>(type, onlyFrom, handler));
        return this;
    }

    /** Acknowledges such deliveries and does nothing: on a shared exchange some are for others, or our own. */
    public MessageHandlers ignoring(Predicate<Delivery> others) {
        ignored = others;
        return this;
    }

    public MessageHandlers whenInvalid(InvalidBodyHandler handler) {
        invalidBody = handler;
        return this;
    }

    /** The same for many in one transaction. If one of them is at fault none is handled, and each is then tried alone. */
    public BatchHandler together() {
        return deliveries -> {
            if (deliveries.size() == 1) {
                handle(deliveries.getFirst());
            } else {
                transaction.executeWithoutResult(status -> deliveries.forEach(this::handle));
            }
            return List.of();
        };
    }

    @Override
    public void handle(Delivery delivery) {
        if (ignored.test(delivery)) {
            return;
        }
        UUID messageId = messageIdOf(delivery);
        Row<?> row = rowFor(delivery);
        String trace = Trace.orNew(delivery.header(Topology.TRACEPARENT_HEADER));
        ScopedValue.where(Trace.CURRENT, trace).run(() -> {
            try {
                transaction.executeWithoutResult(status -> {
                    if (inbox.isNew(consumer, messageId, delivery.body())) {
                        row.read(delivery);
                    }
                });
            } catch (InvalidMessage invalid) {
                tellOrPark(delivery, messageId, invalid);
            }
        });
    }

    private void tellOrPark(Delivery delivery, UUID messageId, InvalidMessage invalid) {
        transaction.executeWithoutResult(status -> {
            if (inbox.isNew(consumer, messageId, delivery.body()) && !invalidBody.tell(delivery, invalid)) {
                throw new Unacceptable(invalid.reason(), invalid.detail());
            }
        });
    }

    private static UUID messageIdOf(Delivery delivery) {
        if (delivery.body().length > MAX_BODY_BYTES) {
            throw new Unacceptable(
                    "too_large",
                    "expected at most %d bytes, found %d".formatted(MAX_BODY_BYTES, delivery.body().length));
        }
        return delivery.messageId()
                .orElseThrow(() -> new Unacceptable("no_message_id", "expected a UUID in the property message_id"));
    }

    private Row<?> rowFor(Delivery delivery) {
        Object version = delivery.header(Topology.SCHEMA_VERSION_HEADER);
        if (version != null && !major(version).equals(Messages.SCHEMA_VERSION)) {
            throw new Unacceptable(
                    "unknown_schema_version",
                    "expected major version %s in the header schema_version".formatted(Messages.SCHEMA_VERSION));
        }
        String type = delivery.properties().getType();
        Row<?> row = type == null ? null : table.get(type);
        if (row == null) {
            throw new Unacceptable("unknown_type", "expected in the property type one of " + table.keySet());
        }
        if (row.onlyFrom() != null && !row.onlyFrom().equals(delivery.sender())) {
            throw new Unacceptable(
                    "wrong_sender",
                    "expected user_id '%s' on %s"
                            .formatted(row.onlyFrom(), row.type().name()));
        }
        return row;
    }

    private static String major(Object version) {
        String text = version.toString();
        int dot = text.indexOf('.');
        return dot < 0 ? text : text.substring(0, dot);
    }
}
