package dev.lethe.scheduler;

import static com.rabbitmq.client.impl.LongStringHelper.asLongString;
import static dev.lethe.messages.scheduling.SchedulingStatus.FORGOTTEN;
import static dev.lethe.messages.scheduling.SchedulingStatus.GONE;
import static dev.lethe.messages.scheduling.SchedulingStatus.SCHEDULED;
import static dev.lethe.scheduler.BadInput.PERSON;
import static dev.lethe.scheduler.BadInput.QUEUE;
import static dev.lethe.scheduler.BadInput.cancel;
import static dev.lethe.scheduler.BadInput.forget;
import static dev.lethe.scheduler.BadInput.retry;
import static dev.lethe.scheduler.BadInput.schedule;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.Topology;
import java.math.BigDecimal;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What people send, by mistake or on purpose, and what becomes of it. */
final class BadInputs {

    private static final int MEBIBYTE = 1024 * 1024;

    private static final UnaryOperator<AMQP.BasicProperties.Builder> NOTHING =
            ignored -> new AMQP.BasicProperties.Builder();

    private BadInputs() {}

    static Stream<BadInput> all() {
        return Stream.of(when(), names(), targets(), messages(), commands(), retries())
                .flatMap(inputs -> inputs);
    }

    private static Stream<BadInput> when() {
        return Stream.of(
                schedule("both times")
                        .with("x-deliver-at", "2099-01-01T00:00:00Z")
                        .isRejected("invalid_time"),
                schedule("neither time").without("x-delay").isRejected("invalid_time"),
                schedule("a delay that is void").with("x-delay", null).isRejected("invalid_time"),
                schedule("a negative delay").with("x-delay", -1).isRejected("invalid_time"),
                schedule("ten million years")
                        .with("x-delay", 315_576_000_000_000_000L)
                        .isRejected("invalid_time"),
                schedule("more digits than a number has")
                        .with("x-delay", "9".repeat(40))
                        .isRejected("invalid_time"),
                schedule("a delay in words").with("x-delay", "soon").isRejected("invalid_time"),
                schedule("an empty delay").with("x-delay", "").isRejected("invalid_time"),
                schedule("digits of another script")
                        .with("x-delay", "\u0661\u0662")
                        .isRejected("invalid_time"),
                schedule("half a millisecond").with("x-delay", 0.5).isRejected("invalid_time"),
                schedule("a float").with("x-delay", 1.0f).isRejected("invalid_time"),
                schedule("a decimal").with("x-delay", new BigDecimal("1.5")).isRejected("invalid_time"),
                schedule("yes, a delay").with("x-delay", true).isRejected("invalid_time"),
                schedule("a delay in bytes").with("x-delay", new byte[] {1}).isRejected("invalid_time"),
                schedule("several delays").with("x-delay", List.of(1, 2)).isRejected("invalid_time"),
                schedule("a table for a time").at(Map.of("year", 2099)).isRejected("invalid_time"),
                schedule("a time in words").at("tomorrow, says " + PERSON).isRejected("invalid_time"),
                schedule("a time without an offset").at("2099-01-01T00:00:00").isRejected("invalid_time"),
                schedule("a day that is none").at("2099-02-30T00:00:00Z").isRejected("invalid_time"),
                schedule("seconds for milliseconds").at(1_900_000_000).isRejected("invalid_time"),
                schedule("seconds as a string").at("1900000000").isRejected("invalid_time"),
                schedule("the year 1969").at("1969-12-31T23:59:59Z").isRejected("invalid_time"),
                schedule("the year 1970").at(new Date(0)).isRejected("invalid_time"),
                schedule("the year 9999").at("9999-12-31T23:59:59Z").isRejected("invalid_time"),
                schedule("after the calendar").at("+10000-01-01T00:00:00Z").isRejected("invalid_time"),
                schedule("milliseconds in a timestamp")
                        .at(new Date(1_900_000_000_000_000L))
                        .isRejected("invalid_time"),
                schedule("the last millisecond of all").at(Long.MAX_VALUE).isRejected("invalid_time"),
                schedule("the first millisecond of all").at(Long.MIN_VALUE).isRejected("invalid_time"),
                schedule("the first moment there is").at("2000-01-01T00:00:00Z").isDelivered(),
                schedule("an expiry in words").with("x-expires-at", "never").isRejected("invalid_time"),
                schedule("an expiry in seconds")
                        .with("x-expires-at", 1_900_000_000)
                        .isRejected("invalid_time"),
                schedule("an expiry that is over")
                        .with("x-expires-at", "2000-01-01T00:00:00Z")
                        .isAnswered(SCHEDULED),
                schedule("an expiry before it is due")
                        .at("2099-01-02T00:00:00Z")
                        .with("x-expires-at", "2099-01-01T00:00:00Z")
                        .isRejected("invalid_time"));
    }

    private static Stream<BadInput> names() {
        return Stream.of(
                schedule("a key of 10,000 characters")
                        .with("x-key", "k".repeat(10_000))
                        .isRejected("invalid_header"),
                schedule("an empty key").with("x-key", "").isRejected("invalid_header"),
                schedule("a key with a NUL").with("x-key", PERSON + "\0").isRejected("invalid_header"),
                schedule("a key with a line break").with("x-key", PERSON + "\n").isRejected("invalid_header"),
                schedule("a key with an escape")
                        .with("x-key", "\u001b[31m" + PERSON)
                        .isRejected("invalid_header"),
                schedule("a key that is no UTF-8").with("x-key", broken(PERSON)).isRejected("invalid_header"),
                schedule("a number for a key").with("x-key", 17).isRejected("invalid_header"),
                schedule("bytes for a key").with("x-key", PERSON.getBytes()).isRejected("invalid_header"),
                schedule("keys").with("x-key", List.of(PERSON)).isRejected("invalid_header"),
                schedule("a void key").with("x-key", null).isDelivered(),
                schedule("a key of SQL")
                        .with("x-key", "'; drop table message; --")
                        .isDelivered(),
                schedule("a key of 256 emojis")
                        .with("x-key", "\u2620".repeat(256))
                        .isDelivered(),
                schedule("a long subject").with("x-subject", "s".repeat(257)).isRejected("invalid_header"),
                schedule("a subject with a NUL")
                        .with("x-subject", PERSON + "\0")
                        .isRejected("invalid_header"),
                schedule("an empty subject").with("x-subject", "").isRejected("invalid_header"),
                schedule("nonsense on conflict").with("x-on-conflict", "merge").isRejected("invalid_header"),
                schedule("a shout on conflict").with("x-on-conflict", "KEEP").isRejected("invalid_header"),
                schedule("a number on conflict").with("x-on-conflict", 1).isRejected("invalid_header"));
    }

    private static Stream<BadInput> targets() {
        return Stream.of(
                schedule("no exchange").without("x-exchange").isRejected("no_target"),
                schedule("no queue").without("x-routing-key").isRejected("no_target"),
                schedule("an empty queue").to("", "").isRejected("no_target"),
                schedule("a number for an exchange").with("x-exchange", 1).isRejected("invalid_header"),
                schedule("bytes for a routing key")
                        .with("x-routing-key", new byte[3])
                        .isRejected("invalid_header"),
                schedule("a long routing key")
                        .to("", "users." + "\u00fc".repeat(125))
                        .isRejected("invalid_header"),
                schedule("a queue with a NUL").to("", QUEUE + "\0").isRejected("invalid_header"),
                schedule("a queue that is no UTF-8")
                        .with("x-routing-key", broken("users."))
                        .isRejected("invalid_header"),
                schedule("somebody else's queue").to("", "billing.inbox").isRejected("target_not_allowed"),
                schedule("somebody else's exchange").to("billing.facts", PERSON).isRejected("target_not_allowed"),
                schedule("the scheduler's own queue")
                        .to("", Topology.SCHEDULE_QUEUE)
                        .isRejected("target_not_allowed"),
                schedule("the scheduler itself").to("scheduler", "schedule").isRejected("target_not_allowed"),
                schedule("an exchange of the broker").to("amq.direct", QUEUE).isRejected("target_not_allowed"),
                schedule("the broker's tracing").to("amq.rabbitmq.trace", QUEUE).isRejected("target_not_allowed"),
                schedule("a namesake").to("users-2.facts", QUEUE).isRejected("target_not_allowed"),
                schedule("a shouting namesake").to("USERS.facts", QUEUE).isRejected("target_not_allowed"),
                schedule("an exchange that is not there")
                        .to("users.nowhere", PERSON)
                        .isAnswered(SCHEDULED),
                schedule("a queue that is not there").to("", "users.nobody").isAnswered(SCHEDULED));
    }

    private static Stream<BadInput> messages() {
        return Stream.of(
                schedule("two mebibytes").saying(new byte[2 * MEBIBYTE]).isRejected("too_large"),
                schedule("a byte too much").saying(new byte[MEBIBYTE + 1]).isRejected("too_large"),
                schedule("exactly a mebibyte").saying(new byte[MEBIBYTE]).isDelivered(),
                schedule("no body").saying(new byte[0]).isDelivered(),
                schedule("tables twenty deep").with("deep", nested(20)).isDelivered(),
                schedule("thousands of headers").with(many(4_000)).isDelivered(),
                schedule("a header without a name").with("", PERSON).isDelivered(),
                schedule("headers that fill a frame, and a mistake")
                        .with("fill", "f".repeat(130_500))
                        .with("x-delay", -1)
                        .isRejected("invalid_time"),
                schedule("a forged past")
                        .with("x-death", List.of(Map.of("queue", "participant.users", "count", Long.MAX_VALUE)))
                        .isDelivered(),
                schedule("a past in words").with("x-death", "long ago").isDelivered(),
                schedule("copies for somebody else")
                        .with("BCC", List.of("billing.inbox"))
                        .isDelivered(),
                schedule("every priority").sent(it -> it.priority(255)).isDelivered(),
                schedule("a type of ours")
                        .sent(it -> it.type("participant.erase").appId("\0"))
                        .isDelivered(),
                schedule("an id that is none")
                        .sent(it -> it.messageId("\0 or '1'='1"))
                        .isDelivered(),
                schedule("no user").sent(it -> it.userId(null)).isRejected("no_user_id"),
                schedule("nothing but a body").sent(NOTHING).isParked("no_user_id"),
                schedule("an answer to somebody else")
                        .sent(it -> it.replyTo("billing.inbox"))
                        .isDeliveredWithoutAnAnswer(),
                schedule("an answer to nobody").sent(it -> it.replyTo("")).isDeliveredWithoutAnAnswer(),
                schedule("an answer to a forged token")
                        .sent(it -> it.replyTo("amq.rabbitmq.reply-to.g1h2AAReply"))
                        .isDeliveredWithoutAnAnswer());
    }

    private static Stream<BadInput> commands() {
        return Stream.of(
                cancel("the unknown").isAnswered(GONE),
                cancel("the unknown, with everything that schedules")
                        .with(Client.later("billing.inbox", -1))
                        .isAnswered(GONE),
                cancel("a pattern").with("x-key", "%").isAnswered(GONE),
                cancel("nothing").without("x-key").isRejected("no_key"),
                cancel("an empty key").with("x-key", "").isRejected("invalid_header"),
                cancel("a long key").with("x-key", "k".repeat(257)).isRejected("invalid_header"),
                cancel("a key with a NUL").with("x-key", PERSON + "\0").isRejected("invalid_header"),
                cancel("a key that is no UTF-8").with("x-key", broken(PERSON)).isRejected("invalid_header"),
                cancel("a table").with("x-key", Map.of("key", PERSON)).isRejected("invalid_header"),
                cancel("anonymously").sent(it -> it.userId(null)).isRejected("no_user_id"),
                forget("nobody").without("x-subject").isRejected("no_subject"),
                forget("an empty name").with("x-subject", "").isRejected("invalid_header"),
                forget("a long name").with("x-subject", PERSON.repeat(100)).isRejected("invalid_header"),
                forget("a name with a NUL").with("x-subject", PERSON + "\0").isRejected("invalid_header"),
                forget("names").with("x-subject", List.of(PERSON)).isRejected("invalid_header"),
                forget("everybody").with("x-subject", "%").isAnswered(FORGOTTEN),
                forget("anonymously").sent(it -> it.userId(null)).isRejected("no_user_id"));
    }

    private static Stream<BadInput> retries() {
        return Stream.of(
                retry("without its queue").without("x-routing-key").isRejected("no_target"),
                retry("to an empty queue").with("x-routing-key", "").isRejected("no_target"),
                retry("to somebody else's queue")
                        .with("x-routing-key", "billing.inbox")
                        .isRejected("target_not_allowed"),
                retry("by way of an exchange")
                        .with("x-exchange", "billing.facts")
                        .isDeliveredWithoutAnAnswer(),
                retry("anonymously").sent(it -> it.userId(null)).isRejected("no_user_id"),
                retry("at no time").without("x-delay").isRejected("invalid_time"),
                retry("before it failed").with("x-delay", -1).isRejected("invalid_time"),
                retry("in ten million years")
                        .with("x-delay", 315_576_000_000_000_000L)
                        .isRejected("invalid_time"),
                retry("sometimes").with("x-backoff", "sometimes").isRejected("invalid_header"),
                retry("with a longest delay in words")
                        .with("x-max-delay", "long")
                        .isRejected("invalid_time"),
                retry("with a longest delay below zero").with("x-max-delay", -1).isRejected("invalid_time"),
                retry("never").with("x-max-attempts", 0).isRejected("invalid_header"),
                retry("less than never").with("x-max-attempts", -1).isRejected("invalid_header"),
                retry("for ever").with("x-max-attempts", Long.MAX_VALUE).isRejected("invalid_header"),
                retry("many times").with("x-max-attempts", "many").isRejected("invalid_header"),
                retry("one and a half times").with("x-max-attempts", 1.5).isRejected("invalid_header"),
                retry("for a reason with a line break")
                        .with("x-reason", "no\n" + PERSON)
                        .isRejected("invalid_header"),
                retry("for a long reason").with("x-reason", PERSON.repeat(100)).isRejected("invalid_header"),
                retry("an attempt in words").with("x-attempt", PERSON).isRejected("invalid_header"),
                retry("an attempt before the first").with("x-attempt", -3).isRejected("invalid_header"),
                retry("an attempt that nobody counted to")
                        .with("x-attempt", Long.MAX_VALUE)
                        .isRejected("invalid_header"),
                retry("a history in words").with("x-attempts", PERSON).isRejected("invalid_header"),
                retry("a history of numbers").with("x-attempts", List.of(1, 2)).isRejected("invalid_header"),
                retry("a body too large").saying(new byte[MEBIBYTE + 1]).isRejected("too_large"));
    }

    /** What the broker itself does not let in. */
    static Stream<BadInput> forTheBroker() {
        return Stream.of(
                schedule("another user's name").sent(it -> it.userId("billing")),
                schedule("an expiration in words").sent(it -> it.expiration("soon")),
                schedule("a delivery mode that is none").sent(it -> it.deliveryMode(77)),
                schedule("not a number").with("x-delay", Double.NaN));
    }

    private static Object broken(String text) {
        byte[] bytes = (text + "?").getBytes();
        bytes[bytes.length - 1] = (byte) 0xff;
        return asLongString(bytes);
    }

    private static Map<String, Object> nested(int depth) {
        return depth == 0 ? Map.of("name", PERSON) : Map.of("table", nested(depth - 1), "list", List.of(depth));
    }

    private static Map<String, Object> many(int headers) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < headers; i++) {
            map.put("header-" + i, "v" + i);
        }
        return map;
    }
}
