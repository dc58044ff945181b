package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A command that is a good one but for what is said about it, and what must become of it. */
final class BadInput {

    /** Somebody's name, in every body, key, subject and in a header: it must not be seen in a log. */
    static final String PERSON = "Erika Mustermann";

    static final String QUEUE = "users.later";

    sealed interface Expected {
        /** Answered with this reason, and in the parking lot with it. */
        record Rejected(String reason) implements Expected {}

        /** In the parking lot with this reason; whoever sent it cannot be told. */
        record Parked(String reason) implements Expected {}

        /** It looks bad, but means something. */
        record Answered(SchedulingStatus status) implements Expected {}

        /** It looks bad, but is a message like any other; with an answer, or without one. */
        record Delivered(boolean answered) implements Expected {}
    }

    private final String command;
    private final String what;
    private final Map<String, Object> headers = new HashMap<>();
    private UnaryOperator<AMQP.BasicProperties.Builder> changes = properties -> properties;
    private byte[] body;
    private @Nullable Expected expected;

    private BadInput(String command, String what, Map<String, Object> headers) {
        this.command = command;
        this.what = what;
        this.headers.putAll(headers);
        this.headers.put("customer", PERSON);
        this.body = (what + ", says " + PERSON).getBytes(UTF_8);
    }

    static BadInput schedule(String what) {
        return new BadInput(ScheduleHeaders.SCHEDULE, what, Client.later(QUEUE, 0));
    }

    static BadInput cancel(String what) {
        return new BadInput(ScheduleHeaders.CANCEL, what, Map.of(ScheduleHeaders.KEY, "of " + PERSON));
    }

    static BadInput retry(String what) {
        return new BadInput(
                ScheduleHeaders.RETRY,
                what,
                Map.of(
                        ScheduleHeaders.ROUTING_KEY,
                        QUEUE,
                        ScheduleHeaders.DELAY,
                        0,
                        ScheduleHeaders.REASON,
                        "io_error"));
    }

    static BadInput forget(String what) {
        return new BadInput(ScheduleHeaders.FORGET, what, Map.of(ScheduleHeaders.SUBJECT, PERSON));
    }

    BadInput with(String header, @Nullable Object value) {
        headers.put(header, value);
        return this;
    }

    BadInput with(Map<String, ?> more) {
        headers.putAll(more);
        return this;
    }

    BadInput without(String header) {
        headers.remove(header);
        return this;
    }

    /** Instead of a delay. */
    BadInput at(Object time) {
        return without(ScheduleHeaders.DELAY).with(ScheduleHeaders.DELIVER_AT, time);
    }

    BadInput to(String exchange, String routingKey) {
        return with(ScheduleHeaders.EXCHANGE, exchange).with(ScheduleHeaders.ROUTING_KEY, routingKey);
    }

    BadInput sent(UnaryOperator<AMQP.BasicProperties.Builder> change) {
        changes = change;
        return this;
    }

    BadInput saying(byte[] bytes) {
        body = bytes;
        return this;
    }

    BadInput isRejected(String reason) {
        return expect(new Expected.Rejected(reason));
    }

    BadInput isParked(String reason) {
        return expect(new Expected.Parked(reason));
    }

    BadInput isAnswered(SchedulingStatus status) {
        return expect(new Expected.Answered(status));
    }

    BadInput isDelivered() {
        return expect(new Expected.Delivered(true));
    }

    BadInput isDeliveredWithoutAnAnswer() {
        return expect(new Expected.Delivered(false));
    }

    private BadInput expect(Expected outcome) {
        expected = outcome;
        return this;
    }

    String command() {
        return command;
    }

    byte[] body() {
        return body;
    }

    AMQP.BasicProperties properties(Client sender) {
        return changes.apply(sender.message().headers(headers)).build();
    }

    Expected expected() {
        if (expected == null) {
            throw new IllegalStateException(this + " has no expected outcome");
        }
        return expected;
    }

    @Override
    public String toString() {
        return command + ": " + what;
    }
}
