package dev.lethe.participant;

import static dev.lethe.participant.Backoff.exponential;
import static dev.lethe.participant.Backoff.fixed;
import static dev.lethe.participant.Backoff.park;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.support.ListenerExecutionFailedException;
import org.springframework.amqp.support.converter.MessageConversionException;

class RetryRulesTest {

    private static final Backoff EACH_MINUTE = fixed(Duration.ofMinutes(1), 30);
    private static final Backoff SLOWER = exponential(Duration.ofSeconds(5), Duration.ofHours(1), 8);
    private static final Backoff NEVER = park();

    @Test
    void theFirstLineThatFitsDecides() {
        var rules =
                RetryRules.otherwise(SLOWER).on(IOException.class, EACH_MINUTE).on(Exception.class, NEVER);

        assertThat(rules.decide(new FileNotFoundException()).backoff()).isSameAs(EACH_MINUTE);
        assertThat(rules.decide(new IllegalStateException()).backoff()).isSameAs(NEVER);
        assertThat(rules.decide(new AssertionError()).backoff()).isSameAs(SLOWER);
    }

    @Test
    void aCauseCountsAsWellAndIsTheReason() {
        var rules = RetryRules.otherwise(SLOWER).on(IOException.class, EACH_MINUTE);
        var wrapped = new IllegalStateException(new UncheckedIOException(new FileNotFoundException("of Ada")));

        assertThat(rules.decide(wrapped).backoff()).isSameAs(EACH_MINUTE);
        assertThat(rules.decide(wrapped).failure().name()).isEqualTo("FileNotFoundException");
        assertThat(RetryRules.otherwise(SLOWER).decide(wrapped).failure().name())
                .isEqualTo("IllegalStateException");
    }

    @Test
    void theWrappingOfSpringFitsNoLine() {
        var rules = RetryRules.otherwise(SLOWER).on(RuntimeException.class, NEVER);
        var wrapped = new CompletionException(
                new ListenerExecutionFailedException("wrapped", new IOException(), new Message(new byte[0])));

        assertThat(rules.decide(wrapped).backoff()).isSameAs(SLOWER);
        assertThat(rules.decide(wrapped).failure().name()).isEqualTo("IOException");
    }

    @Test
    void whatCannotBeReadOrAsksToBeLeftAloneIsParkedUnlessALineSaysOtherwise() {
        var unreadable = new IllegalStateException(new MessageConversionException("of Ada"));
        var unwanted = new AmqpRejectAndDontRequeueException("of Ada");
        var rules = RetryRules.otherwise(SLOWER);

        assertThat(rules.decide(unreadable).backoff().attempts()).isEqualTo(1);
        assertThat(rules.decide(unwanted).backoff().attempts()).isEqualTo(1);
        assertThat(rules.on(AmqpRejectAndDontRequeueException.class, EACH_MINUTE)
                        .decide(unwanted)
                        .backoff())
                .isSameAs(EACH_MINUTE);
    }

    @Test
    void causesThatGoRoundInACircleEnd() {
        var inner = new IllegalStateException();
        var outer = new IllegalArgumentException(inner);
        inner.initCause(outer);

        assertThat(RetryRules.otherwise(SLOWER).decide(outer).failure().name()).isEqualTo("IllegalArgumentException");
    }

    @Test
    void aClassWithoutASimpleNameIsNamedInFull() {
        assertThat(new Failure(new Exception() {}).name()).startsWith("dev.lethe.participant.RetryRulesTest$");
    }

    @Test
    void aTableReadsAsItWasWritten() {
        assertThat(RetryRules.otherwise(SLOWER)
                        .on(IOException.class, EACH_MINUTE)
                        .on(Exception.class, NEVER))
                .hasToString("IOException: every PT1M, 30 attempts; Exception: park;"
                        + " otherwise: exponential from PT5S to PT1H, 8 attempts");
    }

    @Test
    void aBackoffThatMakesNoSenseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> fixed(Duration.ofMillis(-1), 5));
        assertThatIllegalArgumentException().isThrownBy(() -> fixed(Duration.ofDays(40_000), 5));
        assertThatIllegalArgumentException().isThrownBy(() -> fixed(Duration.ZERO, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> fixed(Duration.ZERO, 1_001));
        assertThatIllegalArgumentException().isThrownBy(() -> exponential(Duration.ZERO, Duration.ofDays(40_000), 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> exponential(Duration.ofSeconds(2), Duration.ofSeconds(1), 5))
                .withMessageContaining("is PT1S; write no less than the first, PT2S");
    }
}
