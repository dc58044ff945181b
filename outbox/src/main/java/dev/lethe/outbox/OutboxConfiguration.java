package dev.lethe.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.amqp.rabbit.connection.AbstractConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** What a service imports to keep its messages in its own database. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OutboxProperties.class)
public class OutboxConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    WakeUp wakeUp() {
        return new WakeUp();
    }

    @Bean
    MessageStore messageStore(JdbcClient jdbc, WakeUp wakeUp) {
        return new MessageStore(jdbc, wakeUp);
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
    Schedule schedule(MessageStore store, PlatformTransactionManager transactions) {
        return new Schedule(store, transactions);
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
            JdbcConnectionDetails database,
            BrokerConnections broker,
            OutboxProperties properties,
            WakeUp wakeUp,
            MeterRegistry meters,
            @Value("${spring.application.name}") String service) {
        return new Dispatcher(new LaneDatabase(database, service), broker, properties, wakeUp, meters);
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
