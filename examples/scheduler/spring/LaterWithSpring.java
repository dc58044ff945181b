import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** {@code AMQP_URL=amqp://USER:PASSWORD@HOST:5672/%2F java -cp 'lib/*' LaterWithSpring.java}, with spring-rabbit in lib. */
public class LaterWithSpring {

    private final String me;
    private final RabbitTemplate rabbit;

    // [connect]
    // In a Boot application: spring.rabbitmq.publisher-confirm-type=correlated, publisher-returns=true, template.mandatory=true
    LaterWithSpring(CachingConnectionFactory broker) {
        broker.setPublisherConfirmType(ConfirmType.CORRELATED);
        broker.setPublisherReturns(true);
        me = broker.getUsername();
        rabbit = new RabbitTemplate(broker);
        rabbit.setMandatory(true);
        rabbit.setReplyTimeout(20_000);
    }

    Message message(Map<String, Object> headers, String body) {
        return MessageBuilder.withBody(body.getBytes(UTF_8)).setContentType("application/json").copyHeaders(headers)
                .setMessageId(UUID.randomUUID().toString()).setUserId(me).build();
    }

    void say(String command, Message message) throws Exception {
        var told = new CorrelationData();
        rabbit.send("scheduler", command, message, told);
        if (!told.getFuture().get(10, TimeUnit.SECONDS).ack() || told.getReturned() != null) {
            throw new AmqpException("not with the scheduler");
        }
    }
    // [end]

    public static void main(String[] args) throws Exception {
        var connections = new CachingConnectionFactory();
        connections.setUri(System.getenv("AMQP_URL"));
        var later = new LaterWithSpring(connections);
        String queue = later.me + ".reminders-spring";
        new RabbitAdmin(connections).declareQueue(new Queue(queue, true, false, false, Map.of("x-queue-type", "quorum")));
        later.replaceAndCancel(queue);
        later.rabbit.stop();
        connections.destroy();
        System.exit(0); // threads of the connection factory would stay for a minute
    }

    void replaceAndCancel(String queue) throws Exception {
        // [schedule]
        say("schedule", message(
                Map.of("x-key", "invoice-4711", "x-delay", 3_600_000, "x-exchange", "", "x-routing-key", queue),
                "{\"invoice\": 4711}"));
        // [end]
        long inAnHour = System.currentTimeMillis() + 3_600_000;
        Message replaced = rabbit.sendAndReceive("scheduler", "schedule", message(
                Map.of("x-key", "invoice-4711", "x-deliver-at", inAnHour, "x-exchange", "", "x-routing-key", queue),
                "{}"));

        // [cancel]
        Message answer = rabbit.sendAndReceive("scheduler", "cancel", message(Map.of("x-key", "invoice-4711"), ""));
        System.out.println(status(replaced) + " " + status(answer)); // replaced cancelled
        // [end]
    }

    private static String status(Message answer) {
        return answer == null
                ? "nothing within 20 s"
                : new String(answer.getBody(), UTF_8).replaceAll(".*\"status\":\"(\\w+)\".*", "$1");
    }
}
