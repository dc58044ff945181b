package dev.lethe.requests.api;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.requests.request.jdbc.RequestList;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is told. Never whose it is: who asks knows the id, and who does not need not know.
 *
 * @param exceptions what is not in the report or was not erased, and why
 * @param participants who was asked for an export; absent in lists
 */
record RequestView(
        UUID requestId,
        String kind,
        String regulation,
        String state,
        @Nullable String waitingFor,
        @Nullable UUID duplicateOf,
        Instant submittedAt,
        Instant receivedAt,
        Instant dueAt,
        Instant targetAt,
        @Nullable Instant extendedAt,
        @Nullable Instant acknowledgeBy,
        @Nullable Instant acknowledgedAt,
        @Nullable Instant coolingOffUntil,
        boolean isOverdue,
        int attempts,
        @Nullable Instant nextAttemptAt,
        @Nullable String lastReason,
        @Nullable String outcome,
        List<ErasureException> exceptions,
        @Nullable List<Participant> participants,
        @Nullable Instant endedAt) {

    /** @param asked how often */
    record Participant(
            String participant,
            Instant askedAt,
            int asked,
            Instant answerBy,
            @Nullable String outcome) {}

    /** @param next absent on the last page */
    record Page(List<RequestView> requests, @Nullable String next) {

        /** @param found one more than the limit, if there are as many */
        static Page of(List<RequestList.Seen> found, int limit) {
            List<RequestList.Seen> page = found.subList(0, Math.min(limit, found.size()));
            return new Page(
                    page.stream().map(seen -> RequestView.of(seen, null)).toList(),
                    found.size() > limit ? Search.next(page.getLast()) : null);
        }
    }

    static RequestView of(RequestList.Seen request, @Nullable List<RequestList.Participant> asked) {
        return new RequestView(
                request.id(),
                request.kind(),
                request.regulation(),
                request.state(),
                request.waitingFor(),
                request.duplicateOf(),
                request.submittedAt(),
                request.receivedAt(),
                request.dueAt(),
                request.targetAt(),
                request.extendedAt(),
                request.acknowledgeBy(),
                request.acknowledgedAt(),
                request.coolingOffUntil(),
                request.isOverdue(),
                request.attempts(),
                request.nextAttemptAt(),
                request.lastReason(),
                request.outcome(),
                exceptions(request),
                asked == null
                        ? null
                        : asked.stream()
                                .map(each -> new Participant(
                                        each.participant(),
                                        each.askedAt(),
                                        each.asked(),
                                        each.answerBy(),
                                        each.outcome()))
                                .toList(),
                request.endedAt());
    }

    private static List<ErasureException> exceptions(RequestList.Seen request) {
        if (request.exceptions() == null) {
            return List.of();
        }
        try {
            return List.of(
                    MessageJson.read(request.exceptions().getBytes(StandardCharsets.UTF_8), ErasureException[].class));
        } catch (InvalidMessage unreadable) {
            throw new IllegalStateException(
                    "expected request %s to hold a list of exceptions; this is our bug".formatted(request.id()));
        }
    }
}
