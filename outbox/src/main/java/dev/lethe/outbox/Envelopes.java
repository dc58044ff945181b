package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.time.Clock;
import java.util.Date;
import java.util.Map;
import java.util.UUID;

/** The standard properties of every message that this service makes. */
final class Envelopes {

    private static final int PERSISTENT = 2;

    private final String service;
    private final String brokerUser;
    private final Clock clock;

    Envelopes(String service, String brokerUser, Clock clock) {
        this.service = service;
        this.brokerUser = brokerUser;
        this.clock = clock;
    }

    AMQP.BasicProperties.Builder of(MessageType<?> type, UUID about) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(type.name())
                .messageId(UUID.randomUUID().toString())
                .correlationId(about.toString())
                .timestamp(Date.from(clock.instant()))
                .appId(service)
                .userId(brokerUser)
                .deliveryMode(PERSISTENT)
                .headers(Map.of(
                        Topology.SCHEMA_VERSION_HEADER,
                        Messages.SCHEMA_VERSION,
                        Topology.TRACEPARENT_HEADER,
                        Trace.current()));
    }
}
