package dev.lethe.requests.api;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.Require;
import dev.lethe.requests.life.Pseudonyms;
import dev.lethe.requests.request.WaitingFor;
import dev.lethe.requests.request.jdbc.RequestList;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which requests somebody looks for; what is absent does not matter.
 *
 * @param overdue open and past the deadline
 * @param dueBefore open, and due before then
 * @param receivedAfter received then or later
 * @param subjectId the person's id, in a body only: in a URL it would end in the logs of whatever is between
 * @param limit most requests in the answer; 50 by default
 * @param after {@code next} of the page before
 */
record Search(
        @Nullable String state,
        @Nullable String kind,
        @Nullable String regulation,
        @Nullable String waitingFor,
        @Nullable Boolean overdue,
        @Nullable Instant dueBefore,
        @Nullable Instant receivedAfter,
        @Nullable String subjectId,
        @Nullable Integer limit,
        @Nullable String after) {

    static final int MOST = 500;

    private static final int USUAL = 50;

    static final List<String> STATES = List.of(
            "received",
            "cooling_off",
            "waiting",
            "in_progress",
            "handed_over",
            "following",
            "on_hold",
            "ready",
            "completed",
            "completed_with_exceptions",
            "withdrawn",
            "rejected",
            "expired");

    static final List<String> KINDS = List.of("access", "erasure");

    static final List<String> WAITING_FOR =
            Arrays.stream(WaitingFor.values()).map(WaitingFor::code).toList();

    Search {
        requireOneOf(STATES, state, "state");
        requireOneOf(KINDS, kind, "kind");
        requireOneOf(WAITING_FOR, waitingFor, "waiting_for");
        if (regulation != null) {
            Require.token(regulation, "regulation");
        }
        if (dueBefore != null) {
            Require.time(dueBefore, "due_before");
        }
        if (receivedAfter != null) {
            Require.time(receivedAfter, "received_after");
        }
        Require.optionalText(subjectId, "subject_id", 256);
        Require.that(limit == null || limit >= 1 && limit <= MOST, "limit", "must be a number from 1 to " + MOST);
        if (after != null) {
            position(after);
        }
    }

    private static void requireOneOf(List<String> codes, @Nullable String value, String field) {
        Require.that(value == null || codes.contains(value), field, "must be one of " + String.join(", ", codes));
    }

    /** Of the parameters of a URL. */
    static Search of(Map<String, String[]> parameters) {
        if (parameters.containsKey("subject_id")) {
            throw new InvalidMessage(
                    "invalid_query",
                    "subject_id belongs into the body of POST /requests/search: in a URL, a person ends in the logs of whatever"
                            + " is between");
        }
        var fields = new LinkedHashMap<String, Object>();
        parameters.forEach(
                (name, values) -> fields.put(name, values.length == 1 ? typed(name, values[0]) : List.of(values)));
        try {
            return Bodies.read(fields, Search.class);
        } catch (InvalidMessage invalid) {
            throw new InvalidMessage("invalid_query", invalid.detail().replace("the body", "the query"));
        }
    }

    private static Object typed(String name, String value) {
        return switch (name) {
            case "limit" -> value.matches("[0-9]{1,9}") ? (Object) Integer.valueOf(value) : value;
            case "overdue" ->
                switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> value;
                };
            default -> value;
        };
    }

    RequestList.Filter filter(Pseudonyms pseudonyms) {
        return new RequestList.Filter(
                state,
                kind,
                regulation,
                waitingFor,
                overdue,
                dueBefore,
                receivedAfter,
                subjectId == null ? null : pseudonyms.ofId(subjectId));
    }

    int limitOrUsual() {
        return limit == null ? USUAL : limit;
    }

    RequestList.@Nullable Position position() {
        return after == null ? null : position(after);
    }

    private static RequestList.Position position(String after) {
        try {
            String[] words = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.US_ASCII).split(" ", 2);
            return new RequestList.Position(Instant.parse(words[0]), UUID.fromString(words[1]));
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException notOurs) {
            throw new InvalidMessage("invalid_body", "after must be the next of a page before");
        }
    }

    static String next(RequestList.Seen last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("%s %s".formatted(last.receivedAt(), last.id()).getBytes(StandardCharsets.US_ASCII));
    }

    /** Without the person. */
    @Override
    public String toString() {
        return "Search[state=%s, kind=%s, regulation=%s, waitingFor=%s, ...]"
                .formatted(state, kind, regulation, waitingFor);
    }
}
