package dev.lethe.outbox;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of messages that the broker would not take: one line for each exchange and reason in a while, the counter has the rest. */
final class FailureLog {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private static final long TELL_AGAIN_AFTER_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<String, Long> toldAt = new HashMap<>();

    void refused(List<Unsent> unsent) {
        tell(unsent, "message-refused", "the broker would not take a message, it is tried again");
    }

    void putAside(List<Unsent> unsent) {
        tell(unsent, "message-undeliverable", "a message could not be delivered and was put aside");
    }

    private void tell(List<Unsent> unsent, String action, String text) {
        for (Unsent each : unsent) {
            StoredMessage message = each.message();
            if (isNews(action + message.exchange() + each.reason())) {
                log.atWarn()
                        .addKeyValue("event.action", action)
                        .addKeyValue("event.reason", each.reason())
                        .addKeyValue("lethe.message.id", message.properties().getMessageId())
                        .addKeyValue("lethe.exchange", message.exchange())
                        .log("{}: exchange '{}', reason {}", text, message.exchange(), each.reason());
            }
        }
    }

    private boolean isNews(String failure) {
        long now = System.nanoTime();
        Long told = toldAt.get(failure);
        if (told != null && now - told < TELL_AGAIN_AFTER_NANOS) {
            return false;
        }
        toldAt.put(failure, now);
        return true;
    }
}
