package dev.lethe.benchmarks.scheduler;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.lethe.benchmarks.servers.Servers;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Takes messages from a queue and notes for each how late it came: time of receipt less the due time in its body. Both are
 * of the same machine's clock; the database runs on it too.
 */
final class Receiver implements AutoCloseable {

    private final Connection connection;
    private final Channel channel;
    private final BitSet seen;
    private final long[] lateMicros;
    private final long[] dueMicros;
    private volatile int received;
    private volatile int distinct;

    /** @param expected most messages that are noted one by one */
    Receiver(Servers servers, String queue, int expected) throws IOException, TimeoutException {
        seen = new BitSet(expected);
        lateMicros = new long[expected];
        dueMicros = new long[expected];
        connection = servers.broker("receiver");
        channel = connection.createChannel();
        channel.basicConsume(queue, true, (tag, delivery) -> receive(delivery), tag -> {});
    }

    /** By one thread at a time: that of the channel. */
    private void receive(Delivery delivery) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        byte[] body = delivery.getBody();
        int number = Bodies.number(body);
        int n = received;
        if (n < lateMicros.length) {
            dueMicros[n] = Bodies.dueMicros(body);
            lateMicros[n] = now - dueMicros[n];
        }
        if (!seen.get(number)) {
            seen.set(number);
            distinct++;
        }
        received = n + 1;
    }

    int received() {
        return received;
    }

    int distinct() {
        return distinct;
    }

    int duplicates() {
        return received - distinct;
    }

    /** In milliseconds, ascending; of all that came. */
    double[] latenessMillis() {
        return latenessMillis(0, noted());
    }

    /** In milliseconds, ascending; of those that came so far, from one to another. */
    double[] latenessMillis(int from, int to) {
        double[] millis = new double[Math.max(0, Math.min(to, noted()) - from)];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = lateMicros[from + i] / 1_000.0;
        }
        Arrays.sort(millis);
        return millis;
    }

    private int noted() {
        return Math.min(received, lateMicros.length);
    }

    /** How many came before they were due. */
    int early() {
        return (int) Arrays.stream(lateMicros, 0, noted())
                .filter(micros -> micros < 0)
                .count();
    }

    /** How late the last one of each due time was, in milliseconds, in the order of due times. */
    double[] lastOfEachInstant() {
        int noted = noted();
        long[] instants = Arrays.stream(dueMicros, 0, noted).sorted().distinct().toArray();
        double[] last = new double[instants.length];
        IntStream.range(0, noted).forEach(i -> {
            int instant = Arrays.binarySearch(instants, dueMicros[i]);
            last[instant] = Math.max(last[instant], lateMicros[i] / 1_000.0);
        });
        return last;
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
