import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code AMQP_URL=amqp://USER:PASSWORD@HOST:5672/%2F java -cp 'lib/*' Later.java}, with amqp-client and what it needs in lib. */
public class Later {

    private final String me;
    private final Channel channel;
    private final List<Object> returned = new ArrayList<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    // [connect]
    Later(ConnectionFactory broker) throws Exception {
        me = broker.getUsername();
        channel = broker.newConnection().createChannel();
        channel.confirmSelect();
        channel.addReturnListener(returned::add);
        channel.basicConsume("amq.rabbitmq.reply-to", true,
                (tag, answer) -> answers.add(new String(answer.getBody(), UTF_8)), tag -> {});
    }

    synchronized void say(String command, Map<String, Object> headers, BasicProperties.Builder message, byte[] body)
            throws IOException {
        try {
            channel.basicPublish("scheduler", command, true, message.userId(me).headers(headers).build(), body);
            if (!channel.waitForConfirms(10_000) || !returned.isEmpty()) {
                throw new IOException("not with the scheduler");
            }
        } catch (InterruptedException | TimeoutException e) {
            throw new IOException("perhaps with the scheduler", e);
        }
    }

    BasicProperties.Builder message() {
        return new BasicProperties.Builder()
                .messageId(UUID.randomUUID().toString()).replyTo("amq.rabbitmq.reply-to").deliveryMode(2);
    }
    // [end]

    public static void main(String[] args) throws Exception {
        var broker = new ConnectionFactory();
        broker.setUri(System.getenv("AMQP_URL"));
        var later = new Later(broker);
        try {
            String queue = later.me + ".reminders-java";
            for (String name : List.of(queue, queue + ".parked")) {
                later.channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "quorum"));
                later.channel.queuePurge(name);
            }
            later.replaceAndCancel(queue);
            later.retryAndPark(queue);
        } finally {
            later.channel.getConnection().abort();
        }
    }

    void replaceAndCancel(String queue) throws Exception {
        byte[] body = "{\"invoice\": 4711}".getBytes(UTF_8);
        // [schedule]
        say("schedule", Map.of("x-key", "invoice-4711", "x-delay", 3_600_000, "x-exchange", "", "x-routing-key", queue),
                message().contentType("application/json"), body);
        // [end]
        long inAnHour = System.currentTimeMillis() + 3_600_000;
        say("schedule",
                Map.of("x-key", "invoice-4711", "x-deliver-at", inAnHour, "x-exchange", "", "x-routing-key", queue),
                message(), body);
        String statuses = nextStatus() + " " + nextStatus();

        // [cancel]
        say("cancel", Map.of("x-key", "invoice-4711"), message(), new byte[0]);
        System.out.println(statuses + " " + nextStatus()); // scheduled replaced cancelled
        // [end]
    }

    private String nextStatus() throws InterruptedException {
        return String.valueOf(answers.poll(20, TimeUnit.SECONDS)).replaceAll(".*\"status\":\"(\\w+)\".*", "$1");
    }

    void retryAndPark(String queue) throws Exception {
        List<String> handled = new ArrayList<>();
        Channel inbox = channel.getConnection().createChannel(); // whose thread waits for the confirms of the other
        // [retry]
        inbox.basicConsume(queue, false, (tag, delivery) -> {
            try {
                handle(delivery.getProperties(), handled);
            } catch (IllegalStateException failure) {
                Map<String, Object> headers = headersOf(delivery.getProperties());
                headers.putAll(
                        Map.of("x-routing-key", queue, "x-delay", 200, "x-max-attempts", 3, "x-reason", "no_luck"));
                say("retry", headers, delivery.getProperties().builder(), delivery.getBody());
            }
            inbox.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }, tag -> {});
        // [end]

        BlockingQueue<Map<String, Object>> parked = new LinkedBlockingQueue<>();
        channel.basicConsume(queue + ".parked", true,
                (tag, delivery) -> parked.add(headersOf(delivery.getProperties())), tag -> {});
        say("schedule", Map.of("x-delay", 100, "x-exchange", "", "x-routing-key", queue),
                message().replyTo(null), "hopeless".getBytes(UTF_8));
        Map<String, Object> headers = parked.poll(20, TimeUnit.SECONDS);
        if (headers == null) {
            throw new IllegalStateException("nothing was parked within 20 s");
        }
        String attempts = String.valueOf(((List<?>) headers.get("x-attempts")).size());
        // 1 2 3 parked: attempts_exhausted 3
        System.out.println(String.join(" ", handled) + " parked: " + headers.get("x-parked-reason") + " " + attempts);
    }

    private static Map<String, Object> headersOf(BasicProperties properties) {
        return properties.getHeaders() == null ? new HashMap<>() : new HashMap<>(properties.getHeaders());
    }

    private static void handle(BasicProperties properties, List<String> handled) {
        handled.add(String.valueOf(headersOf(properties).getOrDefault("x-attempt", 1)));
        throw new IllegalStateException("no luck");
    }
}
