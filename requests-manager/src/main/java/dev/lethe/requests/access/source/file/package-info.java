/** Reads {@code sources.yaml}, and has the sources that it names. */
@NullMarked
package dev.lethe.requests.access.source.file;

import org.jspecify.annotations.NullMarked;
