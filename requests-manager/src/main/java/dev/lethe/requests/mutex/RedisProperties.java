package dev.lethe.requests.mutex;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param url {@code redis://host:port}, or {@code rediss://} with TLS
 * @param lease after how long the mutex of a holder that is not heard of is free
 */
@ConfigurationProperties("lethe.redis")
record RedisProperties(
        @DefaultValue("redis://localhost:6379") String url,
        @DefaultValue("30s") Duration lease) {}
