package dev.lethe.outbox.operations;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which messages an operator means: those for which everything holds that is given.
 *
 * @param subject the person that it is about
 * @param reason the reason of the last failure, such as {@code no_route}
 * @param dueAfter due then or later
 * @param dueBefore due earlier
 */
public record MessageFilter(
        @Nullable String key,
        @Nullable String keyPrefix,
        @Nullable String owner,
        @Nullable String subject,
        @Nullable String exchange,
        @Nullable String routingKey,
        @Nullable String reason,
        @Nullable Instant dueAfter,
        @Nullable Instant dueBefore) {

    public static MessageFilter all() {
        return new MessageFilter(null, null, null, null, null, null, null, null, null);
    }

    public boolean isEmpty() {
        return conditions().isEmpty();
    }

    /** SQL conditions and the parameter of each; only of what is given, so that each search has its own plan. */
    Map<String, Condition> conditions() {
        Map<String, Condition> conditions = new LinkedHashMap<>();
        put(conditions, "owner", "owner = :owner", owner);
        put(conditions, "key", "key = :key", key);
        put(conditions, "keyPrefix", "starts_with(key, :keyPrefix)", keyPrefix);
        put(conditions, "subject", "subject = :subject", subject);
        put(conditions, "exchange", "exchange = :exchange", exchange);
        put(conditions, "routingKey", "routing_key = :routingKey", routingKey);
        put(conditions, "reason", "last_error = :reason", reason);
        put(conditions, "dueAfter", "due_at >= :dueAfter", dueAfter == null ? null : dueAfter.atOffset(ZoneOffset.UTC));
        put(
                conditions,
                "dueBefore",
                "due_at < :dueBefore",
                dueBefore == null ? null : dueBefore.atOffset(ZoneOffset.UTC));
        return conditions;
    }

    private static void put(Map<String, Condition> conditions, String name, String sql, @Nullable Object value) {
        if (value != null) {
            conditions.put(name, new Condition(sql, value));
        }
    }

    record Condition(String sql, Object value) {}

    /** Which fields are given, and not with what: a key or a subject may be personal data. */
    @Override
    public String toString() {
        return "MessageFilter" + conditions().keySet();
    }
}
