package dev.lethe.servers;

import java.util.Map;

/**
 * A user of the broker and what it may do. Permissions are regular expressions over the names of exchanges and queues, as
 * RabbitMQ wants them, anchored on both sides.
 *
 * @param tag {@code administrator}, {@code impersonator} or empty
 * @param topics exchange to expression: of these topic exchanges, the only routing keys that the user may publish with
 */
public record BrokerUser(
        String name, String tag, String configure, String write, String read, Map<String, String> topics) {}
