package dev.lethe.participant;

import dev.lethe.messages.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/** Reads the service's tasks if it declares a {@link SubjectEraser} or a {@link SubjectExporter}; otherwise does nothing. */
@AutoConfiguration(after = RabbitAutoConfiguration.class)
@Conditional(ParticipantAutoConfiguration.TakesPart.class)
@EnableConfigurationProperties(ParticipantProperties.class)
public final class ParticipantAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ParticipantAutoConfiguration.class);

    @Bean
    ParticipantConsumer participantConsumer(
            ParticipantProperties properties,
            Environment environment,
            ConnectionFactory connections,
            ObjectProvider<SubjectEraser> eraser,
            ObjectProvider<SubjectExporter> exporter) {
        String name = properties.nameOr(environment.getProperty("spring.application.name"));
        if (!name.equals(connections.getUsername())) {
            log.warn(
                    "takes part as '{}' but is broker user '{}': an answer counts only from the broker user '{}'; set"
                            + " lethe.participant.name or spring.rabbitmq.username",
                    name,
                    connections.getUsername(),
                    name);
        }
        var answers = new Answers(connections, name, properties.confirmTimeout());
        var participant = new Participant(name, eraser.getIfAvailable(), exporter.getIfAvailable());
        var listener = new TaskListener(participant, answers, properties.maxAnswerSize());
        return new ParticipantConsumer(
                connections, Topology.participantQueue(name), properties.concurrency(), listener, answers);
    }

    static final class TakesPart extends AnyNestedCondition {

        TakesPart() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(SubjectEraser.class)
        static final class Erases {}

        @ConditionalOnBean(SubjectExporter.class)
        static final class Exports {}
    }
}
