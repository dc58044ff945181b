package dev.lethe.requests.deadline;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The regulations that requests may name, as a table in the configuration.
 *
 * @param regulations code to what the law says
 */
@ConfigurationProperties("lethe")
public record Regulations(@DefaultValue Map<String, Regulation> regulations) {

    public Optional<Regulation> of(String code) {
        return Optional.ofNullable(regulations.get(code));
    }

    public Set<String> codes() {
        return regulations.keySet();
    }
}
