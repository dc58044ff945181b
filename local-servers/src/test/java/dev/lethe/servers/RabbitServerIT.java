package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RabbitServerIT extends ServerLife {
    private static final String QUEUE = "kept";

    @Override
    Server server(LocalServers servers) {
        return servers.rabbit();
    }

    @Override
    String program() {
        return "beam.smp";
    }

    @Override
    void write(LocalServers servers, String value) throws Exception {
        try (Connection connection = connect(servers.rabbit(), "admin");
                Channel channel = connection.createChannel()) {
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            servers.rabbit().settle();
            channel.queuePurge(QUEUE);
            channel.confirmSelect();
            channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, value.getBytes(UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    @Override
    String read(LocalServers servers) throws Exception {
        try (Connection connection = connect(servers.rabbit(), "admin");
                Channel channel = connection.createChannel()) {
            GetResponse message = channel.basicGet(QUEUE, true);
            return message == null ? "" : new String(message.getBody(), UTF_8);
        }
    }

    @Test
    void itsControlProgramSpeaksToThisNode() {
        RabbitServer rabbit = LocalServers.shared().rabbit();

        assertThat(rabbit.ctl("list_users", "--silent"))
                .contains("admin\t[administrator]")
                .doesNotContain("guest");
        assertThat(rabbit.ctl("list_policies", "--silent")).contains("lethe-delivery-limit");
        assertThatThrownBy(() -> rabbit.ctl("no_such_command"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no_such_command");
    }

    static Connection connect(RabbitServer rabbit, String user) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.amqpUrl());
        factory.setUsername(user);
        factory.setPassword(rabbit.password(user));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }
}
