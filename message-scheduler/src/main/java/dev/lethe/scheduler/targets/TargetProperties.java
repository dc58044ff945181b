package dev.lethe.scheduler.targets;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Exchanges that a broker user may reach through the scheduler, over and above its own ones.
 *
 * @param targets user to exchanges; {@code *} is any exchange and any queue
 */
@ConfigurationProperties("lethe.scheduler")
record TargetProperties(@DefaultValue Map<String, List<String>> targets) {}
