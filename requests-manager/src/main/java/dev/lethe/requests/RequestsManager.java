package dev.lethe.requests;

import dev.lethe.outbox.OutboxConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** The service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import(OutboxConfiguration.class)
public class RequestsManager {

    public static void main(String[] arguments) {
        SpringApplication.run(RequestsManager.class, arguments);
    }
}
