package dev.lethe.outbox;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes batches with {@code mandatory} and pipelined confirms, each message at its time and not before.
 *
 * <p>One channel per exchange: a missing exchange, or one that refuses us, closes its own channel and nobody else's.
 * Not for use by several threads.
 */
final class Publisher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    private final Connection connection;
    private final Duration confirmTimeout;
    private final Map<String, ConfirmingChannel> channels = new HashMap<>();
    /** What was found missing in this batch: asked for once, and not once for each message, or the others would wait. */
    private final Map<String, Outcome> missing = new HashMap<>();

    private volatile boolean blocked;

    Publisher(Connection connection, Duration confirmTimeout) {
        this.connection = connection;
        this.confirmTimeout = confirmTimeout;
        connection.addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                blocked = true;
                log.atWarn()
                        .addKeyValue("event.action", "broker-blocked")
                        .addKeyValue("event.reason", reason)
                        .log("the broker takes no messages, they wait here");
            }

            @Override
            public void handleUnblocked() {
                blocked = false;
                log.atInfo().addKeyValue("event.action", "broker-unblocked").log("the broker takes messages again");
            }
        });
    }

    /** Whether the broker would take a message now; if not, claim none. */
    boolean isReady() {
        return connection.isOpen() && !blocked;
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /**
     * Publishes all and waits for what became of each; the answers are in the order of the batch.
     *
     * @throws IOException if the lease ended: what was published until then is out, the rest is not and must not be
     */
    List<Outcome> publish(List<? extends Publication> batch, Lease lease) throws InterruptedException, IOException {
        missing.clear();
        var pending = new ArrayList<Pending>(batch.size());
        for (Publication message : batch) {
            lease.check(waitUntil(message.dueNanos()));
            pending.add(send(message));
        }
        long deadline = System.nanoTime() + confirmTimeout.toNanos();
        var outcomes = new ArrayList<Outcome>(batch.size());
        for (Pending each : pending) {
            outcomes.add(each.await(deadline, lease));
        }
        channels.values().removeIf(channel -> !channel.isOpen());
        return resolveRefusals(batch, outcomes, lease);
    }

    private Pending send(Publication message) {
        Outcome known = missing.get(message.exchange());
        if (known != null) {
            return Pending.of(known);
        }
        try {
            return channelFor(message.exchange()).publish(message.routingKey(), message.properties(), message.body());
        } catch (IOException | RuntimeException e) {
            // The listeners of channel and connection have the cause, or will have
            Outcome outcome = Outcome.fromFailure(e, connection);
            if (outcome.equals(Outcome.NO_SUCH_EXCHANGE)) {
                missing.put(message.exchange(), outcome);
            }
            return Pending.of(outcome);
        }
    }

    private ConfirmingChannel channelFor(String exchange) throws IOException {
        ConfirmingChannel known = channels.get(exchange);
        if (known != null && known.isOpen()) {
            return known;
        }
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new IOException("the broker gives no more channels on this connection");
        }
        if (!exchange.isEmpty()) {
            channel.exchangeDeclarePassive(exchange);
        }
        var opened = new ConfirmingChannel(channel, exchange);
        channels.put(exchange, opened);
        return opened;
    }

    /**
     * A message that the broker refuses with 406 takes its channel and the rest of its batch along, and nothing says which
     * one it was. Those are sent again one by one (same ids): the good ones pass, the bad one is known.
     */
    private List<Outcome> resolveRefusals(List<? extends Publication> batch, List<Outcome> outcomes, Lease lease)
            throws InterruptedException, IOException {
        var resolved = new ArrayList<>(outcomes);
        for (int i = 0; i < batch.size(); i++) {
            if (resolved.get(i) instanceof Outcome.Suspect && connection.isOpen()) {
                lease.check(true);
                Outcome alone = send(batch.get(i)).await(System.nanoTime() + confirmTimeout.toNanos(), lease);
                resolved.set(i, alone instanceof Outcome.Suspect suspect ? suspect.convicted() : alone);
                channels.values().removeIf(channel -> !channel.isOpen());
            }
        }
        return resolved;
    }

    /** Returns whether there was anything to wait for. */
    private static boolean waitUntil(long nanos) throws InterruptedException {
        boolean waited = false;
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            waited = true;
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped while a message waited for its time");
            }
        }
        return waited;
    }

    /** Gives up what is unconfirmed; a publisher that hangs in a write to a blocked socket comes free. */
    @Override
    public void close() {
        connection.abort(1_000);
    }
}
