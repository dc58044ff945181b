package dev.lethe.scheduler.targets;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What broker users may do through the scheduler, over and above what is their own.
 *
 * @param targets user to exchanges that it may reach; {@code *} is any exchange and any queue
 * @param forgetters users that have all forgotten that is pending about a person, whoever scheduled it
 */
@ConfigurationProperties("lethe.scheduler")
record TargetProperties(
        @DefaultValue Map<String, List<String>> targets,
        @DefaultValue({"admin", "cancellation-service"}) Set<String> forgetters) {}
