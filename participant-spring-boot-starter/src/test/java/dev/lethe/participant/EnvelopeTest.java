package dev.lethe.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.Messages;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.MessageProperties;

class EnvelopeTest {

    private static final String ID = "0b9a5a8e-0d5e-4c0e-9f1e-2a5d6c7b8a90";
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @ParameterizedTest
    @CsvSource({
        "participant.erase,cancellation-service",
        "participant.export,requests-manager",
        "participant.export,cancellation-service"
    })
    void aTaskIsTakenFromWhoMayAskForIt(String type, String sender) {
        assertThat(Envelope.of(properties(type, sender, ID)).type().name()).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "participant.erase,requests-manager",
        "participant.erase,admin",
        "participant.erase,",
        "participant.export,frontend",
        "participant.export,message-scheduler"
    })
    void aTaskIsNotTakenFromAnybodyElse(String type, String sender) {
        assertRefused(properties(type, sender, ID), "wrong_sender");
    }

    @ParameterizedTest
    @ValueSource(strings = {"participant.erased", "request.erasure", "dev.lethe.EraseSubject"})
    void otherTypesAreRefused(String type) {
        assertRefused(properties(type, "cancellation-service", ID), "unknown_type");
    }

    @ParameterizedTest
    @CsvSource({"1-1-1-1-1", "17", "''"})
    void aMessageIdMustBeAUuid(String id) {
        assertRefused(properties("participant.erase", "cancellation-service", id), "no_message_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "2.0", "11", "one", ""})
    void anotherMajorVersionIsNeverGuessed(String version) {
        MessageProperties properties = properties("participant.erase", "cancellation-service", ID);
        properties.setHeader("schema_version", version);

        assertRefused(properties, "unknown_schema_version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "1.7"})
    void everyMinorVersionIsTaken(String version) {
        MessageProperties properties = properties("participant.erase", "cancellation-service", ID);
        properties.setHeader("schema_version", version);

        assertThat(Envelope.of(properties).type()).isEqualTo(Messages.PARTICIPANT_ERASE);
    }

    @Test
    void theTraceIsHandedOnAndNonsenseInItsPlaceIsNot() {
        MessageProperties properties = properties("participant.erase", "cancellation-service", ID);
        properties.setHeader("traceparent", TRACE);
        assertThat(Envelope.of(properties))
                .isEqualTo(new Envelope(Messages.PARTICIPANT_ERASE, UUID.fromString(ID), TRACE));

        properties.setHeader("traceparent", "nonsense");
        assertThat(Envelope.of(properties).traceparent()).isNull();
    }

    private static void assertRefused(MessageProperties properties, String reason) {
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> Envelope.of(properties))
                .extracting(InvalidMessage::reason)
                .isEqualTo(reason);
    }

    private static MessageProperties properties(String type, String sender, String id) {
        var properties = new MessageProperties();
        properties.setType(type);
        properties.setReceivedUserId(sender);
        properties.setMessageId(id);
        return properties;
    }
}
