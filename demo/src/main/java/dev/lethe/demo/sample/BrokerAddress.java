package dev.lethe.demo.sample;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Where the broker is.
 *
 * @param passwordOf the password of each of its users
 */
public record BrokerAddress(String host, int port, UnaryOperator<String> passwordOf) {

    private static final int RECOVERY_MILLIS = 500;

    /** A connection that comes back by itself, with its consumers, after the broker was away. */
    Connection connect(String user, String purpose) throws IOException {
        var factory = new ConnectionFactory();
        factory.setHost(host);
        factory.setPort(port);
        factory.setUsername(user);
        factory.setPassword(passwordOf.apply(user));
        factory.setNetworkRecoveryInterval(RECOVERY_MILLIS);
        try {
            return factory.newConnection("%s: %s".formatted(user, purpose));
        } catch (TimeoutException e) {
            throw new IOException("the broker at %s:%d did not answer in time".formatted(host, port), e);
        }
    }

    @Override
    public String toString() {
        return "BrokerAddress[%s:%d]".formatted(host, port);
    }
}
