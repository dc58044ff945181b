package dev.lethe.requests;

import dev.lethe.outbox.OutboxConfiguration;
import dev.lethe.requests.access.source.file.CheckSources;
import java.util.Arrays;
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
        if (arguments.length > 0 && arguments[0].equals(CheckSources.NAME)) {
            System.exit(
                    CheckSources.run(Arrays.asList(arguments).subList(1, arguments.length), System.out, System.err));
        }
        SpringApplication.run(RequestsManager.class, arguments);
    }
}
