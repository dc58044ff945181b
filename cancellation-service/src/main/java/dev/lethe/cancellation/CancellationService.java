package dev.lethe.cancellation;

import dev.lethe.outbox.OutboxConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** Starts the service. */
@SpringBootApplication
@Import(OutboxConfiguration.class)
public class CancellationService {

    static void main(String[] arguments) {
        SpringApplication.run(CancellationService.class, arguments);
    }
}
