package dev.lethe.cancellation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.cancellation.plan.Plan;
import dev.lethe.cancellation.plan.PlanFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** Reads the plan when the service starts; without a valid one it does not. */
@Configuration(proxyBeanMethods = false)
class PlanConfiguration {

    private static final String PROPERTY = "lethe.plan";

    /** Before any other bean, so that a wrong plan is told at once, whether or not database and broker are there. */
    @Bean
    static BeanFactoryPostProcessor planFirst(Environment environment) {
        return beans -> beans.registerSingleton("plan", plan(environment.getProperty(PROPERTY)));
    }

    static Plan plan(@Nullable String location) {
        if (location == null || location.isBlank()) {
            throw invalid(location, "is not set");
        }
        return PlanFile.read(location, text(location));
    }

    private static String text(String location) {
        boolean isUrl = location.startsWith("classpath:") || location.startsWith("file:");
        Resource resource =
                isUrl ? new DefaultResourceLoader().getResource(location) : new FileSystemResource(location);
        try {
            return resource.getContentAsString(UTF_8);
        } catch (IOException unreadable) {
            throw invalid(location, "names a file that cannot be read");
        }
    }

    private static InvalidConfigurationPropertyValueException invalid(@Nullable String location, String what) {
        return new InvalidConfigurationPropertyValueException(
                PROPERTY,
                location,
                "It %s. Set it, or the environment variable LETHE_PLAN, to the path of participants.yaml."
                        .formatted(what));
    }
}
