package dev.lethe.scheduler.operators;

import dev.lethe.outbox.operations.MessageFilter;
import dev.lethe.outbox.operations.MessageSummary;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator looks for, as the body of a POST: in a URL, subjects and keys would end in the logs of whatever is between.
 *
 * @param state pending, which it is by default, or undeliverable
 * @param filter absent means all
 * @param limit most messages in the answer; 50 by default
 * @param after {@code next} of the page before
 */
record Search(
        @Nullable State state,
        @Nullable MessageFilter filter,
        @Nullable Integer limit,
        @Nullable String after) {

    static final int MOST = 500;

    private static final int USUAL = 50;

    enum State {
        PENDING,
        UNDELIVERABLE
    }

    /** @param next absent on the last page */
    record Page(List<MessageSummary> messages, @Nullable String next) {

        static Page of(List<MessageSummary> messages, int limit) {
            return new Page(
                    messages,
                    messages.size() < limit ? null : write(messages.getLast().position()));
        }
    }

    boolean isForUndeliverable() {
        return state == State.UNDELIVERABLE;
    }

    MessageFilter filterOrAll() {
        return filter == null ? MessageFilter.all() : filter;
    }

    int limitOrUsual() {
        return limit == null ? USUAL : limit;
    }

    private static String write(MessageSummary.Position position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        "%s %d".formatted(position.dueAt(), position.id()).getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws IllegalArgumentException if it is none of ours */
    MessageSummary.@Nullable Position position() {
        if (after == null) {
            return null;
        }
        try {
            String[] words = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.US_ASCII).split(" ", 2);
            return new MessageSummary.Position(Instant.parse(words[0]), Long.parseLong(words[1]));
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("after must be the next of a page before");
        }
    }
}
