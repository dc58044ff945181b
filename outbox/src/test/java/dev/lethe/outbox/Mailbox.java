package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Collects what arrives in a queue, in order. */
public final class Mailbox {

    public record Letter(String text, AMQP.BasicProperties properties, Instant receivedAt) {
        String id() {
            return properties.getMessageId();
        }

        Object header(String name) {
            return properties.getHeaders().get(name);
        }

        Map<String, String> headersInWords() {
            return inWords(properties.getHeaders());
        }
    }

    /** For comparing: the client reads strings as a type of its own. */
    public static Map<String, String> inWords(Map<String, Object> headers) {
        return headers.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, header -> header.getValue()
                .toString()));
    }

    private final List<Letter> letters = new CopyOnWriteArrayList<>();

    public Mailbox(Channel channel, String queue) throws IOException {
        channel.basicConsume(
                queue,
                true,
                (tag, delivery) -> letters.add(
                        new Letter(new String(delivery.getBody(), UTF_8), delivery.getProperties(), Instant.now())),
                tag -> {});
    }

    public List<Letter> letters() {
        return List.copyOf(letters);
    }

    public List<String> texts() {
        return letters.stream().map(Letter::text).toList();
    }

    public List<String> ids() {
        return letters.stream().map(Letter::id).toList();
    }

    /** Waits until so many have arrived; more may have. */
    public List<Letter> await(int count) {
        return await(count, Duration.ofSeconds(15));
    }

    public List<Letter> await(int count, Duration limit) {
        Eventually.within(limit).until(letters::size, size -> size >= count);
        return letters();
    }

    public Letter first() {
        return await(1).getFirst();
    }
}
