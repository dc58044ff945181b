package dev.lethe.cancellation;

import static dev.lethe.cancellation.fleet.ParticipantStandIn.says;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.rabbitmq.client.AMQP;
import dev.lethe.cancellation.fleet.AmqpUser;
import dev.lethe.cancellation.fleet.Fleet;
import dev.lethe.cancellation.fleet.ParticipantStandIn;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.ErasureOutcome;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class BadInputIT {

    private static final String SECRET = "jane.doe@example.com";

    private static Fleet fleet;

    @BeforeAll
    static void startFleet() throws Exception {
        fleet = Fleet.start("cancellation_bad_input", 1);
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    static Stream<Arguments> bad() {
        UnaryOperator<AMQP.BasicProperties.Builder> asItIs = properties -> properties;
        UnaryOperator<AMQP.BasicProperties.Builder> unknownType = properties -> properties.type("erasure.begin");
        UnaryOperator<AMQP.BasicProperties.Builder> noType = properties -> properties.type(null);
        UnaryOperator<AMQP.BasicProperties.Builder> unknownVersion =
                properties -> properties.headers(Map.of(Topology.SCHEMA_VERSION_HEADER, "2"));
        UnaryOperator<AMQP.BasicProperties.Builder> noId = properties -> properties.messageId(null);
        UnaryOperator<AMQP.BasicProperties.Builder> noUuid = properties -> properties.messageId("42");
        byte[] json = "{\"reason\": \"%s\"}".formatted(SECRET).getBytes(UTF_8);
        return Stream.of(
                argumentSet("not JSON", asItIs, ("no json, " + SECRET).getBytes(UTF_8), "not_json"),
                argumentSet("empty", asItIs, new byte[0], "not_json"),
                argumentSet("wrong shape", asItIs, json, "invalid_body"),
                argumentSet("list", asItIs, "[1]".getBytes(UTF_8), "invalid_body"),
                argumentSet("unknown type", unknownType, json, "unknown_type"),
                argumentSet("no type", noType, json, "unknown_type"),
                argumentSet("unknown schema version", unknownVersion, json, "unknown_schema_version"),
                argumentSet("no message id", noId, json, "no_message_id"),
                argumentSet("message id that is none", noUuid, json, "no_message_id"),
                argumentSet("5 MB", asItIs, new byte[5 * 1024 * 1024], "too_large"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadOrderIsParkedWithItsReasonAndTheNextGoodOnePassesAtOnce(
            UnaryOperator<AMQP.BasicProperties.Builder> change, byte[] body, String reason, CapturedOutput output)
            throws Exception {
        AmqpUser sender = fleet.requestsManager();
        sender.publish(
                Topology.COMMANDS_EXCHANGE,
                Messages.ERASURE_START.name(),
                change.apply(sender.envelope(Messages.ERASURE_START, null)).build(),
                body);
        UUID next = fleet.starts(Fleet.order());

        assertThat(fleet.nextParked(Topology.COMMANDS_QUEUE)).isEqualTo(reason);
        fleet.facts().fact(next, Messages.ERASURE_STARTED);
        isLoggedOnceWithoutPersonalData(output, reason);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadAnswerIsParkedWithItsReasonAndTheNextGoodOnePassesAtOnce(
            UnaryOperator<AMQP.BasicProperties.Builder> change, byte[] body, String reason, CapturedOutput output)
            throws Exception {
        UUID id = fleet.starts(Fleet.order());
        ParticipantStandIn users = fleet.participant("users");
        users.question(id);
        users.user()
                .publish(
                        Topology.repliesExchange("users"),
                        "",
                        change.apply(users.user().envelope(Messages.PARTICIPANT_ERASED, null))
                                .build(),
                        body);
        users.erases(id);

        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo(reason);
        fleet.facts().fact(id, Messages.ERASURE_PARTICIPANT_DONE);
        isLoggedOnceWithoutPersonalData(output, reason);
    }

    private static void isLoggedOnceWithoutPersonalData(CapturedOutput output, String reason) {
        assertThat(output.toString().lines().filter(line -> line.contains("message-parked") && line.contains(reason)))
                .hasSize(1);
        assertThat(output.toString()).doesNotContain(SECRET);
    }

    @Test
    void anotherBodyUnderAMessageIdThatWasHandledIsParked() throws Exception {
        UUID id = fleet.starts(Fleet.order());
        ParticipantStandIn users = fleet.participant("users");
        UUID task = users.question(id).taskId();
        UUID handled = users.erases(id);
        fleet.isHandled(handled);

        AMQP.BasicProperties again = users.user()
                .envelope(Messages.PARTICIPANT_ERASED, null)
                .messageId(handled.toString())
                .build();
        users.user()
                .publish(
                        Topology.repliesExchange("users"),
                        "",
                        again,
                        MessageJson.write(says(task, ErasureOutcome.NOTHING_FOUND)));

        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo("conflicting_message_id");
        fleet.participant("billing").erases(id);
        fleet.facts().fact(id, Messages.ERASURE_PARTICIPANT_DONE);
    }
}
