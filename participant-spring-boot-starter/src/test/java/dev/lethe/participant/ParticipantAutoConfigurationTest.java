package dev.lethe.participant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ParticipantAutoConfigurationTest {

    private static final String NO_BROKER_THERE = "1";

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RabbitAutoConfiguration.class, ParticipantAutoConfiguration.class))
            .withPropertyValues("spring.rabbitmq.host=127.0.0.1", "spring.rabbitmq.port=" + NO_BROKER_THERE);

    private final ApplicationContextRunner erasing =
            service.withBean(SubjectEraser.class, () -> subject -> Erasure.nothingFound());

    @Test
    void aServiceWithoutABeanToEraseOrExportTakesNoPart() {
        service.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ParticipantConsumer.class));
    }

    @Test
    void aServiceThatOnlyExportsTakesPart() {
        service.withBean(SubjectExporter.class, () -> subject -> java.util.List.of())
                .withPropertyValues("lethe.participant.name=billing")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ParticipantConsumer.class));
    }

    @Test
    void aServiceStartsAndRunsWhileThereIsNoBroker() {
        erasing.withPropertyValues("lethe.participant.name=billing")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void theNameIsThatOfTheApplicationUnlessGiven(CapturedOutput output) {
        erasing.withPropertyValues("spring.application.name=billing", "spring.rabbitmq.username=users")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).contains("takes part as 'billing' but is broker user 'users'");
    }

    @Test
    void aServiceWithoutANameDoesNotStart() {
        erasing.run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("lethe.participant.name"));
    }

    @ParameterizedTest
    @CsvSource({"name,Billing Service", "concurrency,0", "confirm-timeout,0s", "max-answer-size,10B"})
    void aWrongSettingNamesItsKey(String key, String value) {
        erasing.withPropertyValues("spring.application.name=billing", "lethe.participant." + key + "=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContaining("lethe.participant." + key));
    }
}
