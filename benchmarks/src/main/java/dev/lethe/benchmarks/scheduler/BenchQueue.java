package dev.lethe.benchmarks.scheduler;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.lethe.benchmarks.servers.Servers;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** The durable quorum queue that all send to. */
final class BenchQueue implements AutoCloseable {

    static final String NAME = "bench";

    private final Servers servers;
    private final Connection connection;
    private final Channel channel;

    BenchQueue(Servers servers) throws IOException, TimeoutException {
        this.servers = servers;
        this.connection = servers.broker("queue");
        this.channel = connection.createChannel();
    }

    /** There is a new, empty one. */
    void renew() throws IOException {
        channel.queueDelete(NAME);
        channel.queueDeclare(NAME, true, false, false, Map.of("x-queue-type", "quorum"));
    }

    /** Messages that lie there now. */
    int depth() throws IOException {
        return depth(NAME);
    }

    int depth(String queue) throws IOException {
        return channel.queueDeclarePassive(queue).getMessageCount();
    }

    /** What was in it, by message id. */
    record Content(int messages, int distinct) {
        int duplicates() {
            return messages - distinct;
        }
    }

    /** Takes everything out; messages without an id of ours count as distinct. */
    Content empty(int expected) throws Exception {
        var ids = new BitSet(expected);
        var counts = new int[2];
        Connection reading = servers.broker("count");
        try {
            reading.createChannel()
                    .basicConsume(
                            NAME,
                            true,
                            (tag, delivery) -> {
                                String id = delivery.getProperties().getMessageId();
                                boolean ours = id != null && id.startsWith(Bodies.ID_PREFIX);
                                int number = ours ? Bodies.number(id) : -1;
                                synchronized (counts) {
                                    counts[0]++;
                                    if (!ours || !ids.get(number)) {
                                        counts[1]++;
                                    }
                                    if (ours) {
                                        ids.set(number);
                                    }
                                }
                            },
                            tag -> {});
            Servers.await("the queue can be emptied", 120, () -> {
                synchronized (counts) {
                    return counts[0] >= expected;
                }
            });
            // More than there should be are duplicates; they are there already, right behind the others
            Servers.await("the queue is empty", 30, () -> depth() == 0);
            synchronized (counts) {
                return new Content(counts[0], counts[1]);
            }
        } finally {
            reading.abort(1_000);
        }
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
