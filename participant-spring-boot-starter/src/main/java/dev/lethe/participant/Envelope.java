package dev.lethe.participant;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageProperties;

/**
 * The properties of a task that were found to be what the contract says.
 *
 * @param traceparent of the trace that the task belongs to, to be handed on; null if there was none
 */
record Envelope(
        MessageType<?> type, UUID messageId, @Nullable String traceparent) {

    /** RabbitMQ has verified {@code user_id}, so this is who really sent it: others cannot have a person erased. */
    private static final Map<MessageType<?>, Set<String>> SENDERS = Map.of(
            Messages.PARTICIPANT_ERASE, Set.of("cancellation-service"),
            Messages.PARTICIPANT_EXPORT, Set.of("requests-manager", "cancellation-service"));

    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    /** @throws InvalidMessage with what is wrong, without any content */
    static Envelope of(MessageProperties properties) {
        Object version = properties.getHeader(Topology.SCHEMA_VERSION_HEADER);
        if (version != null && !version.toString().split("\\.", 2)[0].equals(Messages.SCHEMA_VERSION)) {
            throw new InvalidMessage(
                    "unknown_schema_version",
                    "expected major version %s in the header schema_version".formatted(Messages.SCHEMA_VERSION));
        }
        MessageType<?> type = SENDERS.keySet().stream()
                .filter(known -> known.name().equals(properties.getType()))
                .findAny()
                .orElseThrow(() -> new InvalidMessage(
                        "unknown_type", "expected participant.erase or participant.export in the property type"));
        Set<String> senders = SENDERS.getOrDefault(type, Set.of());
        String sender = properties.getReceivedUserId();
        if (sender == null || !senders.contains(sender)) {
            throw new InvalidMessage("wrong_sender", "expected a user_id of %s on %s".formatted(senders, type.name()));
        }
        return new Envelope(type, messageIdOf(properties), traceparentOf(properties));
    }

    private static UUID messageIdOf(MessageProperties properties) {
        String id = properties.getMessageId();
        if (id == null || !UUID_TEXT.matcher(id).matches()) {
            throw new InvalidMessage("no_message_id", "expected a UUID in the property message_id");
        }
        return UUID.fromString(id);
    }

    private static @Nullable String traceparentOf(MessageProperties properties) {
        Object traceparent = properties.getHeader(Topology.TRACEPARENT_HEADER);
        return traceparent != null
                        && TRACEPARENT.matcher(traceparent.toString()).matches()
                ? traceparent.toString()
                : null;
    }
}
