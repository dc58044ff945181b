package dev.lethe.participant;

import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * A {@link RetryLater} for the service's listeners, if it is asked for and the service has no {@link MessageRecoverer} of its
 * own. Not unasked: Spring Boot would use it at once wherever it recovers failures, in place of what it did before.
 */
@AutoConfiguration(after = RabbitAutoConfiguration.class)
@Conditional(RetryAutoConfiguration.Wanted.class)
@EnableConfigurationProperties(RetryProperties.class)
public final class RetryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(MessageRecoverer.class)
    RetryLater retryLater(RetryProperties properties, ConnectionFactory connections, ObjectProvider<RetryRules> rules) {
        return new RetryLater(connections, rules.getIfAvailable(properties::rules), properties.confirmTimeout());
    }

    static final class Wanted extends AnyNestedCondition {

        Wanted() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("lethe.retry.enabled")
        static final class ByProperty {}

        @ConditionalOnBean(RetryRules.class)
        static final class ByRules {}
    }
}
