package dev.lethe.demo.sample;

import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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

    private <B> void publish(MessageType<B> type, UUID requestId, B body) throws IOException, InterruptedException {
        publisher.publish(Topology.REQUESTS_EXCHANGE, type, UUID.randomUUID(), requestId, body, PATIENCE);
    }

    @Override
    public void close() throws IOException {
        facts.close();
        publisher.close();
    }
}
