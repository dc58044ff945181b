package dev.lethe.outbox.operations;

import dev.lethe.outbox.BrokerConnections;
import dev.lethe.outbox.OutboxProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** What operators have of the engine: gauges, health, tidiness, and a way to look into it and to push. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WatchProperties.class, TrimProperties.class})
public class OperationsConfiguration {

    /** Not at once: services that start have better to do. */
    private static final Duration FIRST_TRIM = Duration.ofMinutes(1);

    @Bean
    SideDatabase sideDatabase(JdbcConnectionDetails database, @Value("${spring.application.name}") String service) {
        return new SideDatabase(database, service);
    }

    @Bean(destroyMethod = "close")
    Watch watch(
            SideDatabase database,
            BrokerConnections broker,
            WatchProperties properties,
            OutboxProperties outbox,
            MeterRegistry meters) {
        return new Watch(database, broker, properties, outbox.shards(), meters);
    }

    @Bean
    Rounds watchRounds(Watch watch, WatchProperties properties) {
        return new Rounds("outbox-watch", Duration.ZERO, properties.every(), watch::look);
    }

    @Bean
    OutboxHealth outboxHealthIndicator(Watch watch, WatchProperties properties) {
        return new OutboxHealth(watch, properties);
    }

    @Bean
    Trimmer trimmer(SideDatabase database, TrimProperties properties) {
        return new Trimmer(database, properties);
    }

    @Bean
    Rounds trimRounds(Trimmer trimmer, TrimProperties properties) {
        Duration first = properties.every().compareTo(FIRST_TRIM) < 0 ? properties.every() : FIRST_TRIM;
        return new Rounds("outbox-trim", first, properties.every(), trimmer::trim);
    }

    @Bean
    Operations operations(JdbcClient jdbc, PlatformTransactionManager transactions, OutboxProperties outbox) {
        return new Operations(jdbc, transactions, outbox.shards());
    }
}
