package dev.lethe.requests.access.source.file;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What holds for all HTTP sources of an installation.
 *
 * @param allowPrivate whether each of them may have a private address, and not only those that say {@code private: true}
 */
@ConfigurationProperties("lethe.access.http")
record HttpAccessProperties(@DefaultValue("false") boolean allowPrivate) {}
