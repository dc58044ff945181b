package dev.lethe.requests.access.source.file;

import dev.lethe.requests.access.AccessProperties;
import dev.lethe.requests.access.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** The sources of this installation, read once when the service starts. */
@Component
public class Sources implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Sources.class);

    private final List<Source> all;

    Sources(AccessProperties properties, HttpAccessProperties http) throws IOException {
        Path file = properties.sources();
        if (file == null) {
            log.atWarn()
                    .addKeyValue("event.action", "no-sources")
                    .log("lethe.access.sources is not set: access requests are taken in, but wait until it is");
            all = List.of();
        } else {
            all =
                    SourcesFile.read(file.toString(), Files.readString(file), new ActualSecrets(), http.allowPrivate())
                            .stream()
                            .map(SourcesFile.Configured::source)
                            .toList();
        }
    }

    public List<Source> all() {
        return all;
    }

    @Override
    public void destroy() {
        all.forEach(Sources::close);
    }

    static void close(Source source) {
        if (source instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                // The others still have to be closed
                log.atWarn()
                        .addKeyValue("event.action", "source-not-closed")
                        .addKeyValue("error.type", e.getClass().getName())
                        .addKeyValue("lethe.source", source.about().name())
                        .log("a source could not be closed");
            }
        }
    }
}
