package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a queue and dies of one message. Put together by hand, since an application context would take most of the time of
 * a life this short.
 */
final class KillerConsumer {

    static final String QUEUE = "lethe.test.queue";
    static final String DEADLY = "deadly";

    private KillerConsumer() {}

    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> settings =
                JsonMapper.shared().readValue(System.getenv(ChildJvm.SETTINGS), new TypeReference<>() {});
        String host = settings.get("spring.rabbitmq.host");
        int port = Integer.parseInt(settings.get("spring.rabbitmq.port"));
        var connections = new CachingConnectionFactory(host, port);
        connections.setUsername(settings.get("spring.rabbitmq.username"));
        connections.setPassword(settings.get("spring.rabbitmq.password"));
        RabbitConnectionDetails details = () -> List.of(new RabbitConnectionDetails.Address(host, port));
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(
                settings.get("spring.datasource.url"),
                settings.get("spring.datasource.username"),
                settings.get("spring.datasource.password")));
        var parkingLot = new ParkingLot(
                new BrokerConnections(connections, details, Engine.USER), Engine.USER, Duration.ofSeconds(10));

        var lived = new CountDownLatch(1);
        MessageListenerContainer container = new Consumers(connections, parkingLot, new Inbox(jdbc))
                .reading(System.getProperty(QUEUE), 1, delivery -> {
                    String text = new String(delivery.body(), UTF_8);
                    if (text.equals(DEADLY)) {
                        Runtime.getRuntime().halt(ChildJvm.KILLED);
                    }
                    jdbc.sql("insert into effect values (?)").param(text).update();
                    lived.countDown();
                });
        container.afterPropertiesSet();
        container.start();
        lived.await();
        container.stop();
        connections.destroy();
        parkingLot.destroy();
    }
}
