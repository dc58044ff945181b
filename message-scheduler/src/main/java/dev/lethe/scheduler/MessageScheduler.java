package dev.lethe.scheduler;

import dev.lethe.outbox.OutboxConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** The service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import(OutboxConfiguration.class)
public class MessageScheduler {

    public static void main(String[] arguments) {
        SpringApplication.run(MessageScheduler.class, arguments);
    }
}
