package dev.lethe.outbox;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.rabbit.connection.AbstractConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;

/**
 * Connections for publishing, apart from those for consuming: a broker that blocks publishers must not keep us from
 * acknowledging. They do not recover by themselves, because delivery tags belong to a channel and do not survive it.
 */
public final class BrokerConnections {

    private final ConnectionFactory factory;
    private final List<Address> addresses;
    private final String service;

    BrokerConnections(AbstractConnectionFactory spring, RabbitConnectionDetails details, String service) {
        this.factory = spring.getRabbitConnectionFactory().clone();
        this.factory.setAutomaticRecoveryEnabled(false);
        this.factory.setTopologyRecoveryEnabled(false);
        this.addresses = details.getAddresses().stream()
                .map(a -> new Address(a.host(), a.port()))
                .toList();
        this.service = service;
    }

    public Connection open(String purpose) throws IOException {
        try {
            return factory.newConnection(addresses, service + ": " + purpose);
        } catch (TimeoutException e) {
            throw new IOException("the broker did not answer in time", e);
        }
    }
}
