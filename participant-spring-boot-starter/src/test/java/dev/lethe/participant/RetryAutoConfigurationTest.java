package dev.lethe.participant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RetryAutoConfigurationTest {

    private static final String NO_BROKER_THERE = "1";

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RabbitAutoConfiguration.class, RetryAutoConfiguration.class))
            .withPropertyValues("spring.rabbitmq.host=127.0.0.1", "spring.rabbitmq.port=" + NO_BROKER_THERE);

    private final ApplicationContextRunner retrying = service.withPropertyValues("lethe.retry.enabled=true");

    @Test
    void aServiceThatDoesNotAskForItRecoversAsItDidBefore() {
        service.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MessageRecoverer.class));
    }

    @Test
    void aServiceAsksByASettingOrByATable() {
        retrying.run(context -> assertThat(context).hasNotFailed().hasSingleBean(RetryLater.class));
        service.withBean(RetryRules.class, () -> RetryRules.otherwise(Backoff.park()))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(RetryLater.class));
    }

    @Test
    void aRecovererOfItsOwnStaysTheOnlyOne() {
        retrying.withBean(MessageRecoverer.class, RejectAndDontRequeueRecoverer::new)
                .run(context -> assertThat(context)
                        .hasSingleBean(MessageRecoverer.class)
                        .doesNotHaveBean(RetryLater.class));
    }

    @Test
    void theSettingsAreTheTableOfAServiceWithoutOne() {
        retrying.withPropertyValues("lethe.retry.delay=2s", "lethe.retry.max-delay=1m", "lethe.retry.attempts=7")
                .run(context -> assertThat(
                                context.getBean(RetryProperties.class).rules())
                        .hasToString("otherwise: exponential from PT2S to PT1M, 7 attempts"));
        retrying.withPropertyValues("lethe.retry.backoff=fixed", "lethe.retry.delay=2h")
                .run(context -> assertThat(
                                context.getBean(RetryProperties.class).rules())
                        .hasToString("otherwise: every PT2H, 5 attempts"));
        retrying.run(context -> assertThat(
                        context.getBean(RetryProperties.class).rules().decide(new Exception()))
                .satisfies(decision -> assertThat(decision.backoff().delay()).isEqualTo(Duration.ofSeconds(5))));
    }

    @ParameterizedTest
    @CsvSource({
        "delay,-1s",
        "delay,40000d",
        "max-delay,1s",
        "max-delay,40000d",
        "attempts,0",
        "attempts,1001",
        "confirm-timeout,0s"
    })
    void aWrongSettingNamesItsKey(String key, String value) {
        retrying.withPropertyValues("lethe.retry." + key + "=" + value).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("lethe.retry." + key));
    }
}
