package dev.lethe.demo.fleet;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ExceptionHandler;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Works on a channel as one user of the broker, and on a new one whenever that is lost, until closed. A bare client without its
 * library's recovery, so that what the fleet meets is a careful stranger and not our own starter.
 */
final class Tireless implements AutoCloseable {

    /** Does not return by itself; it is begun anew with another channel after any of these exceptions. */
    @FunctionalInterface
    interface Work {
        void on(Channel channel) throws IOException, InterruptedException, TimeoutException;
    }

    /** That the broker goes away is no news here. */
    private static final ExceptionHandler QUIET = new DefaultExceptionHandler() {
        @Override
        public void handleUnexpectedConnectionDriverException(Connection connection, Throwable expected) {}
    };

    private static final long PAUSE_MILLIS = 200;
    private static final int ANSWER_MILLIS = 3_000;
    private static final int HEARTBEAT_SECONDS = 5;

    private final ConnectionFactory factory = new ConnectionFactory();
    private final String name;
    private final Work work;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    Tireless(RabbitServer broker, String user, String purpose, Work work) {
        factory.setHost("127.0.0.1");
        factory.setPort(broker.port());
        factory.setUsername(user);
        factory.setPassword(broker.password(user));
        factory.setAutomaticRecoveryEnabled(false);
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        factory.setConnectionTimeout(ANSWER_MILLIS);
        factory.setHandshakeTimeout(ANSWER_MILLIS);
        factory.setChannelRpcTimeout(ANSWER_MILLIS);
        factory.setExceptionHandler(QUIET);
        this.name = user + ": " + purpose;
        this.work = work;
        this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    private void run() {
        try {
            do {
                workOnce();
            } while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void workOnce() throws InterruptedException {
        Connection connection = null;
        try {
            connection = factory.newConnection(name);
            work.on(connection.createChannel());
        } catch (IOException | ShutdownSignalException | TimeoutException brokerIsAway) {
            // Which is what these tests are about; the next round asks again
        } finally {
            if (connection != null) {
                connection.abort(ANSWER_MILLIS);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.interrupt();
        thread.join(Duration.ofSeconds(10));
    }
}
