package dev.lethe.participant;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.Require;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * How this service takes part in erasure and access.
 *
 * @param name Name of this service in participants.yaml, which is that of its broker user too. Defaults to
 *     spring.application.name.
 * @param concurrency How many tasks are worked on at the same time.
 * @param confirmTimeout How long to wait for the broker to confirm an answer before it is sent again.
 * @param maxAnswerSize Answers larger than this are not sent, an export then counts as failed. requests-manager takes no more
 *     than the default.
 */
@ConfigurationProperties("lethe.participant")
record ParticipantProperties(
        @Nullable String name,
        @DefaultValue("1") int concurrency,
        @DefaultValue("10s") Duration confirmTimeout,
        @DefaultValue("1MB") DataSize maxAnswerSize) {

    ParticipantProperties {
        if (concurrency < 1) {
            throw wrong("concurrency", concurrency, "Write 1 or more.");
        }
        if (confirmTimeout.toMillis() < 1) {
            throw wrong("confirm-timeout", confirmTimeout, "Write a duration above zero, such as 10s.");
        }
        if (maxAnswerSize.toBytes() < 1024) {
            throw wrong("max-answer-size", maxAnswerSize, "Write a size of at least 1KB, such as 1MB.");
        }
    }

    /** The name to take part under; {@code applicationName} if none was given. */
    String nameOr(@Nullable String applicationName) {
        String chosen = name == null ? applicationName : name;
        try {
            return Require.token(chosen, "the name");
        } catch (InvalidMessage e) {
            throw wrong(
                    "name",
                    chosen,
                    "This service declares a SubjectEraser or SubjectExporter, so it needs the name that it has in participants.yaml, such as"
                            + " 'billing': lower case letters, digits, '-' and '_', at most 64 of them. Set lethe.participant.name, or"
                            + " spring.application.name if that is the same.");
        }
    }

    private static InvalidConfigurationPropertyValueException wrong(
            String key, @Nullable Object value, String whatToDo) {
        return new InvalidConfigurationPropertyValueException("lethe.participant." + key, value, whatToDo);
    }
}
