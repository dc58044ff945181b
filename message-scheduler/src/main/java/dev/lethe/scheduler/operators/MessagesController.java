package dev.lethe.scheduler.operators;

import dev.lethe.outbox.operations.MessageFilter;
import dev.lethe.outbox.operations.MessageHistory;
import dev.lethe.outbox.operations.MessageSummary;
import dev.lethe.outbox.operations.Operations;
import java.security.Principal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The messages that wait and those that were given up: to be found, explained and pushed. */
@RestController
@RequestMapping("/operators/messages")
class MessagesController {

    private static final Logger log = LoggerFactory.getLogger(MessagesController.class);

    record SentNow(long id, Operations.SentNow result) {}

    record Redriven(long id, Operations.Redriven result) {}

    /** @param filter which to redrive; at least one of its fields, so that nobody redrives everything by mistake */
    record Redrive(@Nullable MessageFilter filter) {}

    private final Operations operations;

    MessagesController(Operations operations) {
        this.operations = operations;
    }

    @PostMapping(path = "/search", consumes = MediaType.APPLICATION_JSON_VALUE)
    Search.Page search(@RequestBody Search search) {
        int limit = search.limitOrUsual();
        if (limit < 1 || limit > Search.MOST) {
            throw new Refused(
                    HttpStatus.BAD_REQUEST, "limit is %d; write a number from 1 to %d".formatted(limit, Search.MOST));
        }
        return Search.Page.of(
                operations.list(search.isForUndeliverable(), search.filterOrAll(), positionOf(search), limit), limit);
    }

    private static MessageSummary.@Nullable Position positionOf(Search search) {
        try {
            return search.position();
        } catch (IllegalArgumentException e) {
            throw new Refused(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    @GetMapping("/{id}")
    MessageHistory history(@PathVariable long id) {
        return operations
                .history(id)
                .orElseThrow(() -> new Refused(
                        HttpStatus.NOT_FOUND,
                        "no message %d: it never was, or is gone and never failed".formatted(id)));
    }

    @PostMapping(path = "/{id}/send-now", consumes = MediaType.APPLICATION_JSON_VALUE)
    SentNow sendNow(@PathVariable long id, Principal operator) {
        Operations.SentNow result = operations.sendNow(id);
        logged("operator-send-now", operator, result)
                .addKeyValue("lethe.message.row", id)
                .log("message {} is to be sent now: {}", id, result);
        return switch (result) {
            case DUE_NOW, ALREADY_DUE, IN_FLIGHT -> new SentNow(id, result);
            case UNDELIVERABLE ->
                throw new Refused(HttpStatus.CONFLICT, "message %d was given up; redrive it instead".formatted(id));
            case GONE -> throw gone(id);
        };
    }

    @PostMapping(path = "/{id}/redrive", consumes = MediaType.APPLICATION_JSON_VALUE)
    Redriven redrive(@PathVariable long id, Principal operator) {
        Operations.Redriven result = operations.redrive(id);
        logged("operator-redrive", operator, result)
                .addKeyValue("lethe.message.row", id)
                .log("message {} is to be redriven: {}", id, result);
        return switch (result) {
            case REDRIVEN, PENDING -> new Redriven(id, result);
            case KEY_TAKEN ->
                throw new Refused(
                        HttpStatus.CONFLICT,
                        "a newer message of the same owner has the key of message %d; cancel that one first"
                                .formatted(id));
            case GONE -> throw gone(id);
        };
    }

    @PostMapping(path = "/redrive", consumes = MediaType.APPLICATION_JSON_VALUE)
    Operations.RedrivenAll redrive(@RequestBody Redrive redrive, Principal operator) {
        MessageFilter filter = redrive.filter();
        if (filter == null || filter.isEmpty()) {
            throw new Refused(
                    HttpStatus.BAD_REQUEST, "filter must say which messages, by exchange or reason for instance");
        }
        Operations.RedrivenAll result = operations.redrive(filter);
        logged("operator-redrive", operator, "REDRIVEN")
                .addKeyValue("lethe.filter", filter)
                .addKeyValue("lethe.redriven", result.redriven())
                .addKeyValue("lethe.skipped", result.skipped())
                .log(
                        "redriven by {}: {}, skipped because their key is taken: {}",
                        filter,
                        result.redriven(),
                        result.skipped());
        return result;
    }

    private static Refused gone(long id) {
        return new Refused(HttpStatus.NOT_FOUND, "no message %d: it never was, or is gone".formatted(id));
    }

    private static LoggingEventBuilder logged(String action, Principal operator, Object result) {
        return log.atInfo()
                .addKeyValue("event.action", action)
                .addKeyValue("event.reason", String.valueOf(result).toLowerCase(Locale.ROOT))
                .addKeyValue("user.name", operator.getName());
    }
}
