package dev.lethe.demo.sample;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.Fact;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue {@code USER.events} of a broker user's own, bound to the facts. What cannot be handled goes to {@code USER.events.parked}
 * by an exchange of the user's own, since nobody but the fleet writes to the exchange {@code parking}.
 */
final class FactQueue implements AutoCloseable {

    /** What is done about a fact. It is acknowledged after that; on an exception it is handed over again, after a pause. */
    @FunctionalInterface
    interface Handler {
        void onFact(String type, Fact fact, String sender) throws IOException, InterruptedException;
    }

    private static final Logger log = LoggerFactory.getLogger(FactQueue.class);

    private static final Set<String> FLEET = Set.of("requests-manager", "cancellation-service");
    private static final long PAUSE_MILLIS = 500;
    private static final int PREFETCH = 50;

    private final BrokerAddress broker;
    private final String user;
    private final String queue;
    private final List<String> keys;
    private final Handler handler;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread starting;
    private volatile @Nullable Connection connection;

    /** Begins to listen, as soon as the broker and the exchange of the facts are there. */
    FactQueue(BrokerAddress broker, String user, List<String> keys, Handler handler) {
        this.broker = broker;
        this.user = user;
        this.queue = user + ".events";
        this.keys = keys;
        this.handler = handler;
        this.starting = Thread.ofVirtual().name(queue).start(this::startWhenPossible);
    }

    /** Waits until the queue is bound: facts from then on are not missed. False if it took too long. */
    boolean awaitReady(Duration patience) throws InterruptedException {
        return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void startWhenPossible() {
        boolean told = false;
        try {
            do {
                try {
                    listen();
                    ready.countDown();
                    return;
                } catch (IOException | ShutdownSignalException e) {
                    if (!told) {
                        log.info("{} waits for the broker and its exchange {}", user, Topology.EVENTS_EXCHANGE);
                        told = true;
                    }
                }
            } while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() throws IOException {
        Connection open = connection;
        if (open == null) {
            open = broker.connect(user, "facts");
            connection = open;
        }
        Channel channel = open.createChannel();
        if (channel == null) {
            throw new IOException("the broker gives no more channels on this connection");
        }
        declare(channel);
        channel.basicQos(PREFETCH);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(
                    String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                settle(getChannel(), envelope.getDeliveryTag(), properties, body);
            }
        });
    }

    private void declare(Channel channel) throws IOException {
        String parking = user + ".parking";
        String parked = Topology.parkingLot(queue);
        channel.exchangeDeclare(parking, BuiltinExchangeType.FANOUT, true);
        channel.queueDeclare(parked, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(parked, parking, "");
        channel.queueDeclare(
                queue,
                true,
                false,
                false,
                Map.of(
                        "x-queue-type", "quorum",
                        "x-dead-letter-exchange", parking,
                        "x-dead-letter-strategy", "at-least-once",
                        "x-overflow", "reject-publish"));
        for (String key : keys) {
            channel.queueBind(queue, Topology.EVENTS_EXCHANGE, key);
        }
    }

    private void settle(Channel channel, long tag, AMQP.BasicProperties properties, byte[] body) throws IOException {
        try {
            handOver(properties, body);
            channel.basicAck(tag, false);
        } catch (InvalidMessage e) {
            log.warn("parked a message of queue {}: {}", queue, e.getMessage());
            channel.basicReject(tag, false);
        } catch (NoticeImpossible e) {
            channel.basicReject(tag, false);
        } catch (AlreadyClosedException e) {
            // Let out, it would make the client give up this channel for good instead of recovering it
            log.info("the connection of {} went away before a fact was acknowledged, so it comes again", user);
        } catch (InterruptedException e) {
            // We are closing, and the message goes back with the channel
            Thread.currentThread().interrupt();
        }
    }

    private void handOver(AMQP.BasicProperties properties, byte[] body) throws InterruptedException {
        String sender = properties.getUserId();
        MessageType<? extends Fact> type = trusted(properties.getType(), sender);
        Fact fact = MessageJson.read(body, type.body());
        boolean told = false;
        while (true) {
            try {
                handler.onFact(type.name(), fact, sender);
                return;
            } catch (InvalidMessage | NoticeImpossible e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                if (!told) {
                    log.warn(
                            "{} cannot handle {} now and tries again: {}",
                            user,
                            type.name(),
                            e.getClass().getName());
                    told = true;
                }
            }
            if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("closed while a fact was handled");
            }
        }
    }

    /** Only the fleet may say what happened to a request, and only the mail system that somebody was told. */
    private static MessageType<? extends Fact> trusted(@Nullable String name, @Nullable String sender) {
        MessageType<? extends Fact> type = Messages.all().stream()
                .filter(known -> known.name().equals(name) && Fact.class.isAssignableFrom(known.body()))
                .map(FactQueue::ofFact)
                .findAny()
                .orElseThrow(() -> new InvalidMessage("unknown_type", "expected a fact in the property type"));
        Set<String> senders = type.equals(Messages.NOTIFICATION_SENT) ? Set.of(Emailing.NAME) : FLEET;
        if (sender == null || !senders.contains(sender)) {
            throw new InvalidMessage("wrong_sender", "expected a user_id of %s on %s".formatted(senders, type.name()));
        }
        return type;
    }

    private static MessageType<? extends Fact> ofFact(MessageType<?> type) {
        return new MessageType<>(type.name(), type.body().asSubclass(Fact.class));
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            starting.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Connection open = connection;
        if (open != null) {
            open.abort();
        }
    }
}
