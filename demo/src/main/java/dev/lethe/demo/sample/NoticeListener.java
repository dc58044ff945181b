package dev.lethe.demo.sample;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.NotificationSent;
import dev.lethe.messages.request.ReportReady;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people what happened to their requests, and tells the fleet that it told them. */
final class NoticeListener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NoticeListener.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Notices notices;
    private final Narrator narrator;
    private final ConfirmedPublisher publisher;
    private final FactQueue facts;

    NoticeListener(BrokerAddress broker, Notices notices, Narrator narrator) {
        this.notices = notices;
        this.narrator = narrator;
        this.publisher = new ConfirmedPublisher(broker, Emailing.NAME);
        this.facts = new FactQueue(
                broker,
                Emailing.NAME,
                List.of(Messages.REPORT_READY.name(), Messages.ERASURE_DATA_ERASED.name()),
                this::onFact);
    }

    FactQueue facts() {
        return facts;
    }

    private void onFact(String type, Fact fact, String sender) throws IOException, InterruptedException {
        switch (fact) {
            case ReportReady report ->
                tell(
                        report.requestId(),
                        report.subjectId(),
                        Notices.Text.reportReady(report.downloadUrl().toString(), report.expiresAt()));
            case DataErased erased -> tell(erased.requestId(), erased.subjectId(), Notices.Text.goodbye());
            default -> log.info("nobody is told of {}", type);
        }
    }

    private void tell(UUID requestId, String person, Notices.Text text) throws IOException, InterruptedException {
        Instant sentAt;
        try {
            sentAt = notices.send(requestId, person, text);
        } catch (NoticeImpossible e) {
            log.atError()
                    .addKeyValue("event.action", "notice-impossible")
                    .addKeyValue("event.outcome", "failure")
                    .addKeyValue("lethe.request.id", requestId)
                    .log("{}; the fact is parked", e.getMessage());
            throw e;
        }
        publisher.publish(
                Topology.EVENTS_EXCHANGE,
                Messages.NOTIFICATION_SENT,
                idOf(requestId, text.kind()),
                requestId,
                new NotificationSent(requestId, sentAt, text.kind()),
                PATIENCE);
        narrator.tell(Emailing.NAME, "wrote to %s: %s".formatted(person, text.subject()));
    }

    /** The same for a notice that is told of again. */
    private static UUID idOf(UUID requestId, String kind) {
        return UUID.nameUUIDFromBytes((requestId + kind).getBytes(US_ASCII));
    }

    @Override
    public void close() throws IOException {
        facts.close();
        publisher.close();
    }
}
