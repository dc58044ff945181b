package dev.lethe.demo.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A web frontend: hands in what people ask, and hears what became of it. An AMQP client is all it needs. */
public final class Frontend implements AutoCloseable {

    /** Is told of every fact that came from who may say it; see {@link FactQueue}. Called by one thread, in order, at least once. */
    @FunctionalInterface
    public interface FactListener {
        void onFact(String type, Fact fact, String sender);
    }

    private static final String USER = "frontend";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ConfirmedPublisher publisher;
    private final FactQueue facts;

    public Frontend(BrokerAddress broker, FactListener listener) {
        this.publisher = new ConfirmedPublisher(broker, USER);
        this.facts = new FactQueue(broker, USER, List.of("#"), listener::onFact);
    }

    /** Waits until no fact is missed any more, for which the fleet's exchange must be there. False if it took too long. */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return facts.awaitReady(patience);
    }

    /**
     * Asks for a report or for erasure, under GDPR; returns when the broker has the request for good.
     *
     * @return the request's id, which every fact about it carries
     * @throws IOException if the fleet's queue did not take it within half a minute
     */
    public UUID submit(RequestKind kind, Person person) throws IOException, InterruptedException {
        UUID requestId = UUID.randomUUID();
        submit(requestId, kind, person);
        return requestId;
    }

    /** As {@link #submit(RequestKind, Person)}, with an id of the caller's making. */
    public void submit(UUID requestId, RequestKind kind, Person person) throws IOException, InterruptedException {
        MessageType<SubmitRequest> type =
                kind == RequestKind.ACCESS ? Messages.REQUEST_ACCESS : Messages.REQUEST_ERASURE;
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        publish(type, requestId, new SubmitRequest(requestId, person.asSubject(), "gdpr", now, "en"));
    }

    /** Takes a request back. */
    public void withdraw(UUID requestId) throws IOException, InterruptedException {
        publish(Messages.REQUEST_WITHDRAW, requestId, new WithdrawRequest(requestId, null));
    }

    /** Has a greeting sent in a month, by message-scheduler: until then that too holds something about this person. */
    public void greetInAMonth(Person person) throws IOException, InterruptedException {
        publisher.publish(
                Topology.SCHEDULER_EXCHANGE,
                ScheduleHeaders.SCHEDULE,
                Map.of(
                        ScheduleHeaders.DELAY,
                        Duration.ofDays(30).toMillis(),
                        ScheduleHeaders.EXCHANGE,
                        USER + ".greetings",
                        ScheduleHeaders.KEY,
                        "greeting:" + person.id(),
                        ScheduleHeaders.SUBJECT,
                        person.id()),
                "{\"greeting\":\"glad to have you\"}".getBytes(UTF_8),
                PATIENCE);
    }

    private <B> void publish(MessageType<B> type, UUID requestId, B body) throws IOException, InterruptedException {
        publisher.publish(Topology.REQUESTS_EXCHANGE, type, UUID.randomUUID(), requestId, body, PATIENCE);
    }

    @Override
    public void close() throws IOException {
        facts.close();
        publisher.close();
    }
}
