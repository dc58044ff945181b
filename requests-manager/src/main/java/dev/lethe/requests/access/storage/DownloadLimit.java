package dev.lethe.requests.access.storage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often a link works.
 *
 * @param downloads what mail scanners and previews fetch counts too, therefore not one
 */
@ConfigurationProperties("lethe.access")
record DownloadLimit(@DefaultValue("10") int downloads) {

    DownloadLimit {
        if (downloads < 1) {
            throw new IllegalArgumentException(
                    "lethe.access.downloads is %d; write how often a report can be fetched, 1 or more"
                            .formatted(downloads));
        }
    }
}
