package dev.lethe.demo.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.YamlMapFactoryBean;
import org.springframework.core.io.FileSystemResource;

/** {@code docker-compose.yml} as Compose understands it with {@code .env.example} for its settings. */
final class ComposeFile {

    /** The two forms used: a variable that must be set, and a dollar sign for the container's own shell. */
    private static final Pattern DOLLAR = Pattern.compile("\\$(?:(\\$)|\\{([A-Z][A-Z0-9_]*):\\?})?");

    private final Map<String, String> settings;
    private final Set<String> used = new TreeSet<>();
    private final Map<String, Object> content;

    ComposeFile(Map<String, String> settings) {
        this.settings = settings;
        var yaml = new YamlMapFactoryBean();
        yaml.setResources(new FileSystemResource(Project.ROOT.resolve("docker-compose.yml")));
        this.content = map(interpolated(yaml.getObject()));
    }

    /** The settings that the file reads. */
    Set<String> usedSettings() {
        return used;
    }

    Map<String, ComposeService> services() {
        var services = new LinkedHashMap<String, ComposeService>();
        map(content.get("services"))
                .forEach((name, service) -> services.put(name, new ComposeService(name, map(service))));
        return services;
    }

    ComposeService service(String name) {
        return services().get(name);
    }

    Set<String> volumes() {
        return map(content.get("volumes")).keySet();
    }

    Map<String, Object> networks() {
        return map(content.get("networks"));
    }

    private Object interpolated(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case String text -> interpolated(text);
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, Object>();
                map.forEach((key, each) -> copy.put(String.valueOf(key), interpolated((Object) each)));
                yield copy;
            }
            case List<?> list -> {
                var copy = new ArrayList<Object>();
                list.forEach(each -> copy.add(interpolated((Object) each)));
                yield copy;
            }
            default -> value;
        };
    }

    private String interpolated(String text) {
        return DOLLAR.matcher(text).replaceAll(found -> {
            String name = found.group(2);
            if (found.group(1) != null) {
                return Matcher.quoteReplacement("$");
            }
            if (name == null || settings.get(name) == null) {
                throw new IllegalStateException(
                        "docker-compose.yml has a '%s' that is neither $$ nor ${NAME:?} with a NAME of .env.example, in: %s"
                                .formatted(found.group(), text));
            }
            used.add(name);
            return Matcher.quoteReplacement(settings.get(name));
        });
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    static List<String> list(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
