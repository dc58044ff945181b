package dev.lethe.outbox;

import dev.lethe.outbox.operations.OperationsConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.amqp.rabbit.connection.AbstractConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a service imports to keep its messages in its own database. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OutboxProperties.class)
@Import(OperationsConfiguration.class)
public class OutboxConfiguration {

    /** Only what is used of it costs memory. */
    private static final long READER_STACK_BYTES = 64 * 1024 * 1024;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * The client library decodes nested headers recursively: a header of 5 KB, a list in a list in a list, would end the thread
     * that reads the connection, and the broker would deliver it again and again. With so large a stack it is read, and refused.
     */
    @Bean
    ConnectionFactoryCustomizer deepStacks() {
        return factory -> factory.setThreadFactory(work -> new Thread(null, work, "amqp-reader", READER_STACK_BYTES));
    }

    @Bean
    WakeUp wakeUp() {
        return new WakeUp();
    }

    @Bean
    MessageStore messageStore(JdbcTemplate jdbc, OutboxProperties properties, WakeUp wakeUp, MeterRegistry meters) {
        return new MessageStore(jdbc, properties.shards(), wakeUp, meters);
    }

    @Bean
    Outbox outbox(
            MessageStore store,
            RabbitConnectionDetails broker,
            @Value("${spring.application.name}") String service,
            Clock clock) {
        return new Outbox(store, new Envelopes(service, brokerUser(broker), clock));
    }

    @Bean
    Schedule schedule(MessageStore store) {
        return new Schedule(store);
    }

    @Bean
    Inbox inbox(JdbcClient jdbc) {
        return new Inbox(jdbc);
    }

    @Bean
    BrokerConnections brokerConnections(
            AbstractConnectionFactory spring,
            RabbitConnectionDetails broker,
            @Value("${spring.application.name}") String service) {
        return new BrokerConnections(spring, broker, service);
    }

    @Bean
    ParkingLot parkingLot(BrokerConnections connections, RabbitConnectionDetails broker, OutboxProperties properties) {
        return new ParkingLot(connections, brokerUser(broker), properties.confirmTimeout());
    }

    @Bean
    Consumers consumers(ConnectionFactory connections, ParkingLot parkingLot, Inbox inbox) {
        return new Consumers(connections, parkingLot, inbox);
    }

    @Bean
    Dispatcher dispatcher(
            MessageStore store,
            JdbcConnectionDetails database,
            BrokerConnections broker,
            OutboxProperties properties,
            WakeUp wakeUp,
            MeterRegistry meters,
            @Value("${spring.application.name}") String service) {
        return new Dispatcher(
                store, new LaneDatabase(database, service), broker, properties, wakeUp, new LaneMeters(meters));
    }

    private static String brokerUser(RabbitConnectionDetails broker) {
        String user = broker.getUsername();
        if (user == null) {
            throw new IllegalStateException(
                    "spring.rabbitmq.username is missing; every service needs a broker user of its own");
        }
        return user;
    }
}
